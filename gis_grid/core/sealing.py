"""Boxes that browsers close and only this server opens: ECDH on P-256, HKDF-SHA-256.

Each key of `FIELD_ENCRYPTION_KEYS` has a pair of its own, derived from it: the first one's public
half closes, all open. Who closes a box makes a pair for it alone, and the secret of the box comes
from both: HKDF over the shared x-coordinate, with both points as salt and with what the box is for
bound in (`purpose`), so that a secret asked for another purpose is another secret.
"""

import hashlib
from dataclasses import dataclass
from functools import lru_cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from gis_grid.core.crypto import UnreadableError, decode_key

SECRET_BYTES = 32
POINT_BYTES = 65
# The order of P-256's group (FIPS 186-4, D.1.2.3).
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
# Sixteen bytes more than the order has, so that the rest of the division tells nothing of it.
_SCALAR_BYTES = 48


@dataclass(frozen=True)
class Pair:
    """A pair of ours; `point` is its public half, uncompressed (65 bytes)."""

    private: ec.EllipticCurvePrivateKey
    point: bytes

    @property
    def key_id(self) -> str:
        """By which a box says whom it was closed for."""
        return hashlib.sha256(self.point).hexdigest()[:16]


@lru_cache(maxsize=4)
def _pairs(texts: tuple[str, ...]) -> tuple[Pair, ...]:
    if not texts:
        raise ImproperlyConfigured("FIELD_ENCRYPTION_KEYS is empty: nothing can be sealed.")
    return tuple(_pair(decode_key(text)) for text in texts)


def _pair(key: bytes) -> Pair:
    scalar = int.from_bytes(_hkdf(key, b"", b"gis-grid sealing pair", _SCALAR_BYTES))
    private = ec.derive_private_key(scalar % (_ORDER - 1) + 1, ec.SECP256R1())
    return Pair(private, _bytes_of(private.public_key()))


def public_point() -> bytes:
    """The point that boxes are closed for from now on (65 bytes)."""
    return _pairs(tuple(settings.FIELD_ENCRYPTION_KEYS))[0].point


def secret_of(key_id: str, point: bytes, *, purpose: str) -> bytes:
    """The 32 bytes behind a box that was closed for `key_id` with the pair of `point`.

    UnreadableError where no key of ours has that id, or `point` is none of the curve.
    """
    try:
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError as error:
        raise UnreadableError("this is no point of the curve") from error
    for pair in _pairs(tuple(settings.FIELD_ENCRYPTION_KEYS)):
        if pair.key_id == key_id:
            shared = pair.private.exchange(ec.ECDH(), theirs)
            salt = _bytes_of(theirs) + pair.point
            return _hkdf(shared, salt, purpose.encode(), SECRET_BYTES)
    raise UnreadableError("no key opens this box")


def _hkdf(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=salt, info=info).derive(secret)


def _bytes_of(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
