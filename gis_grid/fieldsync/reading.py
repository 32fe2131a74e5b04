"""Reading what a tablet sent: strict in form, forgiving in what it does not know.

Pure but for translations. A payload that is no operation raises `UnreadableError`; the caller
keeps it all the same.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from django.utils.translation import gettext as _
from pydantic import BaseModel, Field, StringConstraints, ValidationError

from gis_grid.core.complaints import sentence_of
from gis_grid.core.crs import in_country
from gis_grid.core.errors import InputError
from gis_grid.core.texts import tidy

# What payloads are encrypted for (`core.crypto`).
PAYLOAD = "field.payload"
MOST_AT_ONCE = 200
# A body of the web's own limit is never reached by 200 operations that a person typed.
MOST_BYTES = 2 * 2**20
# Half of a pair that stands alone: no database and no page can hold it.
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")

Word = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,20}$")]
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][\w:.-]{0,59}$")]


class UnreadableError(Exception):
    """Not an operation; `op_id` where at least that could be read."""

    def __init__(self, reason: str, op_id: UUID | None = None) -> None:
        super().__init__(reason)
        self.reason, self.op_id = reason, op_id


class Attached(BaseModel):
    """A photo or file that will come by itself."""

    id: UUID
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    size: Annotated[int, Field(ge=0, le=2**40)]
    name: Annotated[str, StringConstraints(max_length=255)] = ""
    type: Annotated[str, StringConstraints(max_length=100)] = ""


class OperationIn(BaseModel):
    """An operation as docs/field-sync.md has it; what else stands in it is kept, not read."""

    op_id: UUID
    seq: Annotated[int, Field(ge=0, le=2**53)]
    entity: Word
    action: Word
    record: UUID | None = None
    server_id: Annotated[int, Field(ge=1, le=2**53)] | None = None
    base_rev: Annotated[int, Field(ge=0, le=2**53)] | None = None
    form_version: Annotated[int, Field(ge=1, le=10_000)] = 1
    made_at: Annotated[str, StringConstraints(max_length=40)] | None = None
    changes: Annotated[dict[Name, tuple[Any, Any]], Field(max_length=200)]
    fix: dict[str, Any] | None = None
    attachments: Annotated[list[Attached], Field(max_length=100)] = []
    replaces: UUID | None = None


@dataclass(frozen=True)
class Sent:
    """One operation with its content as it is kept and compared."""

    op: OperationIn
    text: str
    digest: bytes


def parse_body(body: bytes) -> dict[str, Any]:
    """The JSON object of a push; UnreadableError for anything else."""
    try:
        found = json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise UnreadableError(_("The body is no JSON.")) from error
    if not isinstance(found, dict) or not isinstance(found.get("operations"), list):
        raise UnreadableError(_("The body has no list of operations."))
    return found


def _refuse_constant(word: str) -> None:
    raise ValueError(word)


def content_of(raw: Any) -> tuple[str, bytes]:
    """The JSON of anything with sorted keys and no blanks, in ASCII, and its SHA-256."""
    text = json.dumps(raw, sort_keys=True, separators=(",", ":"))
    return text, hashlib.sha256(text.encode()).digest()


def read(raw: Any) -> Sent:
    """The operation in a parsed payload; UnreadableError says why it is none."""
    text, digest = content_of(raw)
    try:
        return Sent(OperationIn.model_validate(raw), text, digest)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        reason = f"{where}: {sentence_of(dict(first))}" if where else _("This is no operation.")
        raise UnreadableError(tidy(reason)[:300], _op_id_of(raw)) from error


def read_kept(text: str) -> OperationIn:
    """An operation that was read before."""
    # Not by pydantic's own parser, which refuses half of a pair of characters.
    return OperationIn.model_validate(json.loads(text))


def _op_id_of(raw: Any) -> UUID | None:
    try:
        return UUID(raw["op_id"])
    except (TypeError, KeyError, ValueError, AttributeError):
        return None


@dataclass(frozen=True)
class Changes:
    """What an operation wants, read field by field; each refusal names its field."""

    pairs: Mapping[str, tuple[Any, Any]]

    def __contains__(self, field: str) -> bool:
        return field in self.pairs

    def new(self, field: str, default: Any = None) -> Any:
        return self.pairs[field][1] if field in self.pairs else default

    def text(self, field: str) -> str:
        found = self.new(field, "")
        if found is None:
            return ""
        if not isinstance(found, str):
            raise InputError(_("This is no text."), where=field)
        return _LONE_SURROGATE.sub("\ufffd", found)

    def number(self, field: str) -> float | None:
        found = self.new(field)
        if found is None:
            return None
        if isinstance(found, bool) or not isinstance(found, int | float):
            raise InputError(_("This is no number."), where=field)
        return float(found)

    def whole(self, field: str) -> int | None:
        found = self.number(field)
        if found is None:
            return None
        if not found.is_integer() or abs(found) > 2**53:
            raise InputError(_("This is no whole number."), where=field)
        return int(found)

    def flag(self, field: str) -> bool:
        found = self.new(field, False)
        if not isinstance(found, bool):
            raise InputError(_("Say yes or no."), where=field)
        return found

    def place(self, field: str = "place") -> tuple[float, float] | None:
        found = self.new(field)
        if found is None:
            return None
        if (
            not isinstance(found, list)
            or len(found) != 2
            or any(isinstance(one, bool) or not isinstance(one, int | float) for one in found)
        ):
            raise InputError(_("A place is longitude and latitude in degrees."), where=field)
        if not in_country(*found):
            # Such as the 0, 0 of a device that knows no place.
            raise InputError(_("This place does not lie in China."), where=field)
        return round(float(found[0]), 7), round(float(found[1]), 7)

    def ids(self, field: str) -> tuple[int, ...]:
        return tuple(int(one) for one in self._list(field, int))

    def words(self, field: str) -> tuple[str, ...]:
        return tuple(str(one) for one in self._list(field, str))

    def _list(self, field: str, kind: type) -> list[Any]:
        found = self.new(field) or []
        if not isinstance(found, list) or any(
            isinstance(one, bool) or not isinstance(one, kind) for one in found
        ):
            raise InputError(_("This is no list of what is wanted here."), where=field)
        return found
