"""`audit_verify`: a whole chain passes, and whatever was tampered with is found."""

import io
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import translation

from gis_grid.audit.models import Entry
from gis_grid.audit.services import SYSTEM, record
from gis_grid.audit.tasks import verify
from gis_grid.audit.verify import verify_chain

STRANGE = {
    "text": '李明 "quoted" \\ back / \n\t\u2028\x7f 😀 </script>',
    "numbers": [0, -1, 1.5, 1e21, 1e-7, 12345678901234567890, True, None],
    "nested": {"b": {}, "a": [], "长": "短", "": "empty name"},
}


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def write(count: int = 5) -> None:
    for number in range(count):
        record(
            acting_user=SYSTEM,
            action="tested",
            subject_type="thing",
            subject_id=number,
            area_code="431024111000",
            detail={**STRANGE, "number": number},
        )


@contextmanager
def guards_off() -> Iterator[None]:
    """What only the owner of the table can do."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER USER")
        yield
        cursor.execute("ALTER TABLE audit_entry ENABLE TRIGGER USER")


def tamper(statement: str) -> None:
    with guards_off(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db
def test_an_empty_and_a_whole_log_pass() -> None:
    assert verify_chain().is_whole
    write()
    result = verify_chain(batch_rows=2)
    assert (result.faults, result.rows, result.last_seq) == ([], 5, 5)


@pytest.mark.django_db
def test_nobody_changes_a_row_by_the_way() -> None:
    write(1)
    for change in (Entry.objects.all().delete, lambda: Entry.objects.update(actor="x")):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()
    assert verify_chain().is_whole


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("statement", "row"),
    [
        ("UPDATE audit_entry SET actor = 'x' WHERE seq = 3", "row 3:"),
        ("UPDATE audit_entry SET at = at + interval '1 us' WHERE seq = 3", "row 3:"),
        ("UPDATE audit_entry SET detail = detail || '{\"a\": 1}' WHERE seq = 3", "row 3:"),
        ("UPDATE audit_entry SET actor_id = 7 WHERE seq = 1", "row 1:"),
        ("UPDATE audit_entry SET area_code = '' WHERE seq = 5", "row 5:"),
        ("DELETE FROM audit_entry WHERE seq = 3", "row 3 is missing"),
        ("DELETE FROM audit_entry WHERE seq = 1", "row 1 is missing"),
        ("UPDATE audit_entry SET previous_hash = '' WHERE seq = 3", "row 3:"),
        # A changed row with a fitting hash breaks the link of the next one.
        (
            """UPDATE audit_entry SET actor = 'x' WHERE seq = 3;
            UPDATE audit_entry e SET hash = audit_entry_digest(e) WHERE seq = 3""",
            "row 4:",
        ),
        (
            """INSERT INTO audit_entry SELECT 6, at, actor_id, actor, action, subject_type,
            subject_id, area_code, detail, hash, hash FROM audit_entry WHERE seq = 5""",
            "row 6:",
        ),
    ],
)
def test_the_first_broken_row_is_named(statement: str, row: str) -> None:
    write()
    tamper(statement)
    result = verify_chain(batch_rows=2)
    assert len(result.faults) == 1
    assert row in result.faults[0]
    with pytest.raises(CommandError, match=row):
        call_command("audit_verify")


@pytest.mark.django_db
def test_a_changed_digest_function_is_found() -> None:
    write(2)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE OR REPLACE FUNCTION audit_entry_digest(entry audit_entry) RETURNS bytea"
            " LANGUAGE sql STABLE AS $$ SELECT sha256('same'::bytea) $$"
        )
    assert "digest function" in verify_chain().faults[0]
    write(1)
    tamper("UPDATE audit_entry e SET hash = audit_entry_digest(e), previous_hash = ''")
    assert "row 1: its content" in verify_chain().faults[0]


@pytest.mark.django_db
def test_a_guard_that_was_left_off_is_found() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_append_only")
    assert verify_chain().faults == ["the trigger audit_entry_append_only is gone or switched off"]


@pytest.mark.django_db
def test_an_end_that_was_cut_off_is_found_with_an_anchor() -> None:
    write()
    out = io.StringIO()
    call_command("audit_verify", stdout=out)
    anchor = out.getvalue().splitlines()[-1]
    write(1)
    call_command("audit_verify", f"--anchor={anchor}", stdout=out)
    tamper("DELETE FROM audit_entry WHERE seq >= 5")
    assert verify_chain().is_whole
    with pytest.raises(CommandError, match="row 5"):
        call_command("audit_verify", f"--anchor={anchor}")


@pytest.mark.django_db
def test_the_nightly_check_says_it_in_the_servers_log(caplog: pytest.LogCaptureFixture) -> None:
    write(2)
    with caplog.at_level(logging.INFO):
        verify(timestamp=0)
    assert "whole: 2 rows" in caplog.text
    tamper("UPDATE audit_entry SET actor = 'x' WHERE seq = 2")
    verify(timestamp=0)
    assert [r.levelname for r in caplog.records if "row 2:" in r.getMessage()] == ["ERROR"]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_many_writers_at_once_leave_no_gap() -> None:
    threads, rows = 8, 25
    start = threading.Barrier(threads)

    def work() -> None:
        try:
            start.wait()
            write(rows)
        finally:
            connection.close()

    running = [threading.Thread(target=work) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    result = verify_chain()
    assert (result.faults, result.rows) == ([], threads * rows)


@pytest.mark.django_db
def test_the_command_speaks_the_readers_language() -> None:
    out = io.StringIO()
    with translation.override("zh-hans"):
        call_command("audit_verify", stdout=out)
    assert "审计日志完整" in out.getvalue()
    write(3)
    tamper("DELETE FROM audit_entry WHERE seq = 2")
    with translation.override("zh-hans"), pytest.raises(CommandError) as refusal:
        call_command("audit_verify")
    assert str(refusal.value) == "审计日志已被破坏：缺少第 2 行：第 1 行之后是第 3 行。"
