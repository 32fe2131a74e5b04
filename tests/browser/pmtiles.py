"""A map file in the PMTiles form, version 3, in which each tile is the same.

The form: github.com/protomaps/PMTiles, spec/v3. One entry of the directory with a run over all
tiles of all zooms.
"""

import json
import struct

VECTORS, PNG = 1, 2
_NOT_PACKED = 1
_HEADER_BYTES = 127
_MOST_ZOOM = 15


def map_file(tile: bytes, kind: int) -> bytes:
    """The file; `kind`: `VECTORS` or `PNG`."""
    tiles = sum(4**z for z in range(_MOST_ZOOM + 1))
    # Number of entries, then first id, run, length and offset plus one of the only one.
    directory = b"".join(_varint(number) for number in (1, 0, tiles, len(tile), 1))
    about = json.dumps({"vector_layers": []}).encode()
    begin_about = _HEADER_BYTES + len(directory)
    begin_tiles = begin_about + len(about)
    header = b"PMTiles\x03" + struct.pack(
        "<11Q6B4iB2i",
        *(_HEADER_BYTES, len(directory), begin_about, len(about), begin_tiles, 0),
        *(begin_tiles, len(tile), tiles, 1, 1),
        *(1, _NOT_PACKED, _NOT_PACKED, kind, 0, _MOST_ZOOM),
        *(-1800000000, -850000000, 1800000000, 850000000),
        *(12, 1124000000, 256000000),
    )
    return header + directory + about + tile


def _varint(number: int) -> bytes:
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*found, number])
