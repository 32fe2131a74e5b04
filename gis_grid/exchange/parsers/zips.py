"""Zips of strangers: opened, and refused where they are broken or would burst."""

import zipfile
import zlib
from pathlib import Path

from gis_grid.exchange.parsers import Refused

MAX_MEMBERS = 2000
MAX_UNPACKED = 2 * 2**30
MAX_RATIO, RATIO_FROM = 250, 10 * 2**20
# What a damaged one raises, when it is opened or while a member is read.
BROKEN = (zipfile.BadZipFile, EOFError, NotImplementedError, OSError, ValueError, zlib.error)


def opened(path: Path) -> zipfile.ZipFile:
    """The zip, for a `with`; Refused for a damaged one and for a bomb."""
    try:
        book = zipfile.ZipFile(path)
    except BROKEN:
        raise Refused("broken_zip") from None
    try:
        _check(book)
    except Refused:
        book.close()
        raise
    return book


def _check(book: zipfile.ZipFile) -> None:
    """Refuse a bomb by what its directory says; zipfile holds members to those sizes."""
    members = book.infolist()
    if len(members) > MAX_MEMBERS:
        raise Refused("zip_members", most=MAX_MEMBERS)
    if sum(member.file_size for member in members) > MAX_UNPACKED:
        raise Refused("zip_bomb")
    for member in members:
        if member.flag_bits & 1:
            raise Refused("password")
        if member.file_size > max(RATIO_FROM, member.compress_size * MAX_RATIO):
            raise Refused("zip_bomb")
