"""Boxes that only this server opens, and the keys behind them."""

import base64
import os
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.exceptions import ImproperlyConfigured

from gis_grid.core import sealing
from gis_grid.core.crypto import UnreadableError


def new_key() -> str:
    return base64.b64encode(os.urandom(32)).decode()


def close_for(point: bytes, purpose: str) -> tuple[str, bytes, bytes]:
    """As a browser does it: whom it is for, the point of the box, its secret."""
    own = ec.generate_private_key(ec.SECP256R1())
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    front = own.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    secret = HKDF(hashes.SHA256(), 32, front + point, purpose.encode()).derive(
        own.exchange(ec.ECDH(), theirs)
    )
    digest = hashes.Hash(hashes.SHA256())
    digest.update(point)
    return digest.finalize().hex()[:16], front, secret


def test_what_was_closed_for_us_opens_for_its_purpose_alone() -> None:
    key_id, front, secret = close_for(sealing.public_point(), "a")
    assert sealing.secret_of(key_id, front, purpose="a") == secret
    assert sealing.secret_of(key_id, front, purpose="b") != secret


def test_a_new_key_closes_and_the_old_ones_still_open(settings: Any) -> None:
    old, new = new_key(), new_key()
    settings.FIELD_ENCRYPTION_KEYS = [old]
    point = sealing.public_point()
    key_id, front, secret = close_for(point, "a")
    settings.FIELD_ENCRYPTION_KEYS = [new, old]
    assert sealing.public_point() != point
    assert sealing.secret_of(key_id, front, purpose="a") == secret
    settings.FIELD_ENCRYPTION_KEYS = [new]
    with pytest.raises(UnreadableError):
        sealing.secret_of(key_id, front, purpose="a")


@pytest.mark.parametrize(
    "front",
    [
        b"",
        b"\x04" + bytes(64),
        # At infinity, and beside the curve.
        b"\x00",
        b"\x04" + b"\x01" * 64,
        b"\x57" * 65,
    ],
    ids=["nothing", "zeros", "infinity", "beside", "another form"],
)
def test_what_is_no_point_opens_nothing(front: bytes) -> None:
    key_id, _front, _secret = close_for(sealing.public_point(), "a")
    with pytest.raises(UnreadableError):
        sealing.secret_of(key_id, front, purpose="a")


def test_without_keys_nothing_is_closed(settings: Any) -> None:
    settings.FIELD_ENCRYPTION_KEYS = []
    with pytest.raises(ImproperlyConfigured):
        sealing.public_point()
