"""What a file is goes by its content; a film is no sound, whatever its container."""

import pytest

from gis_grid.core.attachments.kinds import ENDINGS, type_of
from gis_grid.core.errors import InputError

WEBM = b"\x1a\x45\xdf\xa3\x01\x00\x00\x00\x00\x00\x00\x1f\x42\x82\x84webm" + b"\x00" * 60
HANDLER = b"\x00\x00\x00\x21hdlr\x00\x00\x00\x00\x00\x00\x00\x00"
MP4 = b"\x00\x00\x00\x1cftypM4A \x00\x00\x00\x00" + b"\x00" * 40
SOUNDS = {
    "audio/webm": WEBM + b"\x86A_OPUS",
    "audio/ogg": b"OggS" + b"\x00" * 24 + b"OpusHead",
    "audio/mp4": MP4 + HANDLER + b"soun",
    "audio/wav": b"RIFF\x24\x00\x00\x00WAVEfmt ",
}
FILMS = (
    WEBM + b"\x86A_OPUS\x86V_VP9",
    WEBM + b"\x86V_VP8",
    b"OggS" + b"\x00" * 24 + b"\x80theora" + b"\x01vorbis",
    MP4 + HANDLER + b"soun" + HANDLER + b"vide",
    MP4,
    b"RIFF\x24\x00\x00\x00AVI LIST",
    b"\x1a\x45\xdf\xa3 matroska A_OPUS",
)


@pytest.mark.parametrize("kind", SOUNDS)
def test_sound_is_known_by_its_content(kind: str) -> None:
    assert type_of(SOUNDS[kind]) == kind
    assert kind in ENDINGS


@pytest.mark.parametrize("content", FILMS)
def test_a_film_is_not_taken(content: bytes) -> None:
    with pytest.raises(InputError) as refused:
        type_of(content)
    assert refused.value.where == "file"
