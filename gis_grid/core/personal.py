"""Identity numbers, phones and names: checking, normalising, masking. Pure functions.

Identity numbers follow GB 11643-1999 (ISO 7064 MOD 11-2): weights and check characters
as in the standard's table.
"""

import datetime as dt
import re

ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECK = "10X98765432"
ID_FORM = re.compile(r"[1-9]\d{16}[\dX]\Z")
MOBILE = re.compile(r"1[3-9]\d{9}\Z")
LANDLINE = re.compile(r"0\d{2,3}-?[2-9]\d{6,7}\Z")
DEMO_PHONE = re.compile(r"1990000\d{4}\Z")


def normalise_id(text: str) -> str:
    """Upper case, no blanks."""
    return re.sub(r"\s", "", text).upper()


def id_checksum(first17: str) -> str:
    """Check character of the first 17 digits."""
    total = sum(int(digit) * weight for digit, weight in zip(first17, ID_WEIGHTS, strict=True))
    return ID_CHECK[total % 11]


def id_birth_date(number: str) -> dt.date | None:
    """Date of birth in an 18-character number, None where it is no date."""
    try:
        return dt.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def id_has_form(number: str, *, today: dt.date) -> bool:
    """18 characters, a real date of birth not in the future and not before 1850."""
    if not ID_FORM.match(number):
        return False
    born = id_birth_date(number)
    return born is not None and dt.date(1850, 1, 1) <= born <= today


def id_checksum_ok(number: str) -> bool:
    """True where the 18th character fits the 17 before it."""
    return bool(ID_FORM.match(number)) and id_checksum(number[:17]) == number[17]


def normalise_phone(text: str) -> str:
    """Digits without blanks, dashes, brackets and a leading +86 or 0086."""
    digits = re.sub(r"[\s()（）\-—]", "", text)
    return re.sub(r"\A(\+86|0086)", "", digits)


def phone_ok(number: str) -> bool:
    """A mainland mobile number or a landline with area code."""
    return bool(MOBILE.match(number) or LANDLINE.match(number))


def mask_id(number: str) -> str:
    """`431024********123X`."""
    return (
        number[:6] + "*" * (len(number) - 10) + number[-4:]
        if len(number) > 10
        else "*" * len(number)
    )


def mask_phone(number: str) -> str:
    """`138****5678`."""
    return (
        number[:3] + "*" * (len(number) - 7) + number[-4:] if len(number) > 7 else "*" * len(number)
    )


def mask_name(name: str) -> str:
    """Family name and last character kept: `李*` for two characters, `李*明` for three."""
    if len(name) <= 1:
        return name
    if len(name) == 2:
        return name[0] + "*"
    return name[0] + "*" * (len(name) - 2) + name[-1]
