"""What a kept operation says: its payload, opened."""

import json

from gis_grid.core import crypto
from gis_grid.fieldsync.models import Operation
from gis_grid.fieldsync.reading import PAYLOAD, OperationIn, read_kept


def content_of(row: Operation) -> OperationIn:
    return read_kept(_text_of(row))


def payload_of(row: Operation) -> dict[str, object]:
    """All that was sent, also what nobody reads, for people who settle it."""
    found: dict[str, object] = json.loads(_text_of(row))
    return found


def _text_of(row: Operation) -> str:
    return crypto.decrypt(row.payload_cipher, purpose=PAYLOAD)
