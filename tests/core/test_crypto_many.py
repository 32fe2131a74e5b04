"""Many values sealed at once are sealed as one by one."""

import hmac
from typing import Any

from gis_grid.core.crypto import decode_key, decrypt, encrypt_many, lookup_hash, lookup_hashes

TEXTS = ["19900000001", "", "19900000001", "明"]


def test_each_value_has_a_nonce_of_its_own_and_opens_again() -> None:
    sealed = encrypt_many(TEXTS, purpose="household.phone")
    assert [decrypt(each, purpose="household.phone") for each in sealed] == TEXTS
    assert sealed[1] == b""
    assert sealed[0][1:13] != sealed[2][1:13]
    assert sealed[0] != sealed[2]


def test_hashes_are_those_of_the_single_values() -> None:
    hashes = lookup_hashes(TEXTS, purpose="phone")
    assert hashes == [lookup_hash(text, purpose="phone") for text in TEXTS]
    assert hashes[0] == hashes[2] != hashes[3]
    assert hashes[1] == b""


def test_a_lookup_hash_is_hmac(settings: Any) -> None:
    key = decode_key(settings.LOOKUP_HASH_KEY)
    expected = hmac.digest(key, b"phone\x0013800000001", "sha256")
    assert lookup_hash("13800000001", purpose="phone") == expected
