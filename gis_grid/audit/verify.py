"""Is the log as it was written? Walks the chain and says where it breaks.

Each hash is computed twice: by the database's own function, and here from the row's
fields in the same framing, so that a changed function does not pass for a whole chain.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.db import connection
from django.utils.translation import gettext as _

BATCH_ROWS = 2000
GUARDS = ("audit_entry_chain", "audit_entry_append_only")

_ROWS = """
SELECT e.seq, e.at, e.actor_id, e.actor, e.action, e.subject_type, e.subject_id, e.area_code,
       e.detail::text, e.previous_hash, e.hash, public.audit_entry_digest(e)
FROM public.audit_entry e WHERE e.seq > %s ORDER BY e.seq LIMIT %s
"""


@dataclass
class Verification:
    """What was found. `rows` that hold; the first fault of the chain, and missing guards.

    `last_seq` and `last_hash` name the end of the chain: kept elsewhere, they later show
    that no rows were cut off (`anchor`).
    """

    rows: int = 0
    last_seq: int = 0
    last_hash: str = ""
    faults: list[str] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        return not self.faults


@dataclass(frozen=True)
class Row:
    """A row with `detail` as PostgreSQL's own text of it."""

    seq: int
    at: dt.datetime
    actor_id: int | None
    actor: str
    action: str
    subject_type: str
    subject_id: str
    area_code: str
    detail: str
    previous_hash: bytes
    hash: bytes
    digest: bytes

    def expected_hash(self) -> bytes:
        """SHA-256 over the fields as a JSON array, spaced as PostgreSQL prints jsonb."""
        at = self.at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
        before = [self.seq, at, self.actor_id, self.actor, self.action]
        before += [self.subject_type, self.subject_id, self.area_code]
        parts = [json.dumps(value, ensure_ascii=False) for value in before]
        parts += [self.detail, json.dumps(self.previous_hash.hex())]
        return hashlib.sha256(f"[{', '.join(parts)}]".encode()).digest()


def verify_chain(
    *,
    anchor: tuple[int, str] | None = None,
    batch_rows: int = BATCH_ROWS,
    on_progress: Callable[[int], None] = lambda seq: None,
) -> Verification:
    """Walk the log from its first row; stops at the first broken one.

    `anchor`: a row's number and hash (hex) from an earlier walk, which must still be there.
    `on_progress` gets the number of the last row of each batch. Memory is one batch.
    """
    result = Verification(faults=_missing_guards())
    seen_anchor = anchor is None
    for row in _rows(batch_rows, on_progress):
        fault = _fault(row, result)
        if fault:
            result.faults.append(fault)
            return result
        result.rows += 1
        result.last_seq, result.last_hash = row.seq, row.hash.hex()
        if anchor is not None and row.seq == anchor[0]:
            seen_anchor = True
            if result.last_hash != anchor[1].lower():
                result.faults.append(
                    _("row %(row)d: another hash than the one noted earlier") % {"row": row.seq}
                )
                return result
    if not seen_anchor and anchor is not None:
        result.faults.append(
            _("row %(row)d, noted earlier, is gone: the end was cut off") % {"row": anchor[0]}
        )
    return result


def _rows(batch_rows: int, on_progress: Callable[[int], None]) -> Iterator[Row]:
    last = -(2**63)
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_ROWS, [last, batch_rows])
            batch = [
                Row(*values[:9], *(bytes(value or b"") for value in values[9:]))
                for values in cursor.fetchall()
            ]
        if not batch:
            return
        yield from batch
        last = batch[-1].seq
        on_progress(last)


def _fault(row: Row, before: Verification) -> str | None:
    wanted = before.last_seq + 1
    if row.seq != wanted:
        return _("row %(missing)d is missing: row %(row)d follows row %(before)d") % {
            "missing": wanted,
            "row": row.seq,
            "before": before.last_seq,
        }
    if row.previous_hash.hex() != before.last_hash:
        return _("row %(row)d: does not follow from the row before it") % {"row": row.seq}
    if row.hash != row.expected_hash():
        return _("row %(row)d: its content is not what was written") % {"row": row.seq}
    if row.hash != row.digest:
        return _("row %(row)d: the database's own digest function was changed") % {"row": row.seq}
    return None


def _missing_guards() -> list[str]:
    """Triggers that keep the log append-only and are gone or switched off."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = 'public.audit_entry'::regclass"
            " AND tgenabled IN ('O', 'A')"
        )
        present = {name for (name,) in cursor.fetchall()}
    return [
        _("the trigger %(name)s is gone or switched off") % {"name": name}
        for name in GUARDS
        if name not in present
    ]
