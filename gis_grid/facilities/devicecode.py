"""The 20-digit device code of GB/T 28181 (2016, annex D, rule A). Pure: no Django.

Digits 1–8 centre (6 of the administrative code by GB/T 2260, 2 of the unit below it), 9–10
industry, 11–13 type of device, 14 network, 15–20 serial number.
"""

import re
from dataclasses import dataclass

_FORM = re.compile(r"[0-9]{20}\Z")
# Table D.1: 131 camera, 132 network camera; recorders and platforms have other types.
CAMERA_TYPES = frozenset({"131", "132"})
# The first two digits of GB/T 2260.
PROVINCES = frozenset(
    str(number)
    for first, last in (
        (11, 15),
        (21, 23),
        (31, 37),
        (41, 46),
        (50, 54),
        (61, 65),
        (71, 71),
        (81, 82),
    )
    for number in range(first, last + 1)
)


@dataclass(frozen=True)
class DeviceCode:
    centre: str
    industry: str
    type: str
    network: str
    serial: str


def parts_of(code: str) -> DeviceCode | None:
    """The code taken apart; None where it has not 20 digits."""
    if not _FORM.match(code):
        return None
    return DeviceCode(code[:8], code[8:10], code[10:13], code[13], code[14:])


def fault_of(code: str) -> str | None:
    """What is wrong with a camera's code: `form`, `region` or `type`; None where nothing is."""
    parts = parts_of(code)
    if parts is None:
        return "form"
    if parts.centre[:2] not in PROVINCES:
        return "region"
    return None if parts.type in CAMERA_TYPES else "type"
