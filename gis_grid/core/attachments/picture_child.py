"""The child process that reads a picture: limits itself, draws it anew, says what it made.

Asked by its arguments for the format, the picture and a folder. What it writes holds pixels
only: no EXIF, no place, no comment, no second picture behind the first.
"""

import json
import resource
import sys
from pathlib import Path

from PIL import Image, ImageOps

MEMORY_BYTES = 1024 * 2**20
CPU_S = 20
MOST_PIXELS = 60_000_000
LONGEST_SIDE, THUMB_SIDE = 4096, 320
KEPT_AS = {"JPEG": "JPEG", "PNG": "PNG", "WEBP": "JPEG"}


def limit() -> None:
    for what, value in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_S),
        (resource.RLIMIT_FSIZE, 128 * 2**20),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        resource.setrlimit(what, (value, value))


def drawn(image: Image.Image, kept_as: str) -> Image.Image:
    """The pixels alone, the right way up."""
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    upright = ImageOps.exif_transpose(image)
    has_alpha = kept_as == "PNG" and ("A" in upright.getbands() or "transparency" in upright.info)
    pixels = upright.convert("RGBA" if has_alpha else "RGB")
    fresh = Image.new(pixels.mode, pixels.size)
    fresh.paste(pixels)
    return fresh


def main(form: str, source: Path, folder: Path) -> None:
    limit()
    Image.MAX_IMAGE_PIXELS = None  # its warning is ours to give, as a refusal
    with Image.open(source, formats=[form]) as image:
        if image.width * image.height > MOST_PIXELS:
            raise SystemExit("too many pixels")
        kept_as = KEPT_AS[form]
        fresh = drawn(image, kept_as)
    fresh.save(folder / "picture", kept_as, **({"quality": 90} if kept_as == "JPEG" else {}))
    small = fresh.convert("RGB")
    small.thumbnail((THUMB_SIDE, THUMB_SIDE))
    small.save(folder / "thumb", "JPEG", quality=80)
    print(json.dumps({"type": f"image/{kept_as.lower()}"}))  # noqa: T201 its answer


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
