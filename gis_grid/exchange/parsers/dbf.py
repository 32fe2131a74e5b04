"""The table of a Shapefile, where a text of several bytes a character was cut within one.

Names of columns have ten bytes, and programs fill them: of 户主姓名 in UTF-8, as QGIS saves it
unasked, the last character is left in half. Texts end so at the width of their column.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_HEADER, _DESCRIBED, _NAME, _LONGEST_NAME = 32, 32, 11, 10
_END_OF_COLUMNS = 0x0D
# The longest character, of GB18030 and of UTF-8 alike.
_CHARACTER = 4
Bytes = NDArray[np.uint8]


def mend(path: Path, encoding: str) -> list[str]:
    """Take halves of characters away, in place; the names that may go on in the program."""
    if path.stat().st_size <= _HEADER:
        return []
    return _mended(np.memmap(path, dtype=np.uint8, mode="r+"), encoding)


def is_all(path: Path, encoding: str) -> bool:
    """Whether all texts are of this encoding, halves of characters at their ends apart."""
    data = np.frombuffer(bytearray(path.read_bytes()), dtype=np.uint8)
    if len(data) <= _HEADER:
        return True
    _mended(data, encoding)
    names = b"".join(_name(column) for column in _columns(data))
    return _is(names + data[_begin(data) :].tobytes(), encoding)


def _mended(data: Bytes, encoding: str) -> list[str]:
    begin, size = _begin(data), int.from_bytes(data[10:12].tobytes(), "little")
    if size < 1 or begin > len(data):
        return []
    records = data[begin : begin + (len(data) - begin) // size * size].reshape(-1, size)
    names: list[bytes] = []
    full: list[str] = []
    # A record begins with the mark of what is deleted.
    left = 1
    for column in _columns(data):
        was = _name(column)
        name = _once(_whole(was, encoding), names, encoding)
        names.append(name)
        if name != was:
            column[:_NAME] = np.frombuffer(name.ljust(_NAME, b"\0"), dtype=np.uint8)
        if len(was) >= _LONGEST_NAME:
            full.append(name.decode(encoding, "replace"))
        width = int(column[16])
        if column[11] == ord("C"):
            _end_whole(records[:, left : left + width], encoding)
        left += width
    return full


def _begin(data: Bytes) -> int:
    """Where the records begin."""
    return int.from_bytes(data[8:10].tobytes(), "little")


def _columns(data: Bytes) -> Iterator[Bytes]:
    """The descriptions of the columns."""
    for at in range(_HEADER, min(_begin(data), len(data)) - _DESCRIBED + 1, _DESCRIBED):
        if data[at] == _END_OF_COLUMNS:
            break
        yield data[at : at + _DESCRIBED]


def _name(column: Bytes) -> bytes:
    return bytes(column[:_NAME].tobytes().split(b"\0")[0])


def _end_whole(texts: Bytes, encoding: str) -> None:
    """Of texts (n, width) those that fill their column."""
    if not texts.shape[1]:
        return
    for number in np.flatnonzero(texts[:, -1] >= 0x80):
        text = texts[number].tobytes()
        whole = _whole(text, encoding)
        texts[number] = np.frombuffer(whole.ljust(len(text)), dtype=np.uint8)


def _whole(text: bytes, encoding: str) -> bytes:
    """Without the half of a character at its end; as it is where that is not what is wrong."""
    for less in range(_CHARACTER):
        kept = text[: len(text) - less]
        if _is(kept, encoding):
            return kept
    return text


def _once(name: bytes, taken: list[bytes], encoding: str) -> bytes:
    """A name that was cut may be another's: then it is numbered."""
    found, number = name, 1
    while found in taken:
        number += 1
        tail = str(number).encode()
        found = _whole(name[: _LONGEST_NAME - len(tail)], encoding) + tail
    return found


def _is(text: bytes, encoding: str) -> bool:
    try:
        text.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return False
    return True
