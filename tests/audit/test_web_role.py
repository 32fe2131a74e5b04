"""The database role that serves the web adds to the log and reads it, and can do nothing else."""

from typing import Any

import psycopg
import pytest
from django.db import connection, transaction

from gis_grid.audit import services
from gis_grid.audit.grants import WEB_ROLE
from gis_grid.audit.models import Entry
from gis_grid.audit.services import SYSTEM, record
from gis_grid.audit.verify import verify_chain
from gis_grid.core.errors import BusyError

Web = psycopg.Connection[Any]
FIELDS = "actor, action, subject_type, subject_id, area_code, detail"
VALUES = "'forger', 'forged', '', '', '', '{}'"


def write(action: str = "signed_in") -> None:
    record(acting_user=SYSTEM, action=action, subject_type="user", subject_id=1)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_it_adds_and_reads(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    assert web.execute("SELECT current_user").fetchone() == (WEB_ROLE,)
    monkeypatch.setattr(services, "connection", web)
    write("from_the_web")
    web.commit()
    assert Entry.objects.get().action == "from_the_web"
    assert web.execute("SELECT count(*) FROM audit_entry").fetchone() == (1,)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET actor = 'nobody'",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
        "ALTER TABLE audit_entry DISABLE TRIGGER ALL",
        "ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_append_only",
        "ALTER TABLE audit_entry ADD COLUMN note text",
        "ALTER TABLE audit_entry OWNER TO gis_grid_web",
        "DROP TRIGGER audit_entry_append_only ON audit_entry",
        "DROP TABLE audit_entry",
        "DROP FUNCTION audit_entry_refuse() CASCADE",
        """CREATE OR REPLACE FUNCTION audit_entry_refuse() RETURNS trigger LANGUAGE plpgsql
        AS 'BEGIN RETURN NEW; END'""",
        "CREATE RULE quiet AS ON INSERT TO audit_entry DO INSTEAD NOTHING",
        """CREATE TRIGGER mine BEFORE INSERT ON audit_entry
        EXECUTE FUNCTION audit_entry_refuse()""",
        "SET session_replication_role = replica",
        "GRANT ALL ON audit_entry TO gis_grid_web",
        "CREATE TABLE public.audit_entry_copy (seq bigint)",
    ],
)
def test_it_changes_nothing(web: Web, statement: str) -> None:
    # GRANT by somebody without the right only warns; what counts is that it gave nothing.
    if statement.startswith("GRANT"):
        web.execute(statement)
        statement = "UPDATE audit_entry SET actor = 'nobody'"
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        web.execute(statement)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_number_time_and_hashes_are_not_its_to_choose(web: Web) -> None:
    write()
    web.execute(
        f"INSERT INTO audit_entry (seq, at, previous_hash, hash, {FIELDS})"
        f" VALUES (1000, '2001-01-01', 'x', 'x', {VALUES})"
    )
    web.commit()
    first, forged = Entry.objects.order_by("seq")
    assert forged.seq == 2
    assert forged.at > first.at
    assert bytes(forged.previous_hash) == bytes(first.hash)
    assert verify_chain().is_whole


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_rows_cannot_be_overwritten_by_a_conflict(web: Web) -> None:
    write()
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        web.execute(
            f"INSERT INTO audit_entry ({FIELDS}) VALUES ({VALUES})"
            " ON CONFLICT (seq) DO UPDATE SET actor = 'nobody'"
        )


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_table_of_its_own_does_not_divert_the_chain(web: Web) -> None:
    write()
    web.execute("CREATE TEMPORARY TABLE audit_entry (LIKE public.audit_entry)")
    web.execute(f"INSERT INTO public.audit_entry ({FIELDS}) VALUES ({VALUES})")
    web.commit()
    assert verify_chain().rows == 2
    assert verify_chain().is_whole


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_temporary_table_does_not_catch_rows_of_its_connection(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    web.execute("CREATE TEMPORARY TABLE audit_entry (LIKE public.audit_entry INCLUDING DEFAULTS)")
    web.execute("ALTER TABLE pg_temp.audit_entry ALTER seq SET DEFAULT 1")
    with monkeypatch.context() as patched:
        patched.setattr(services, "connection", web)
        write("from_the_web")
    web.commit()
    assert Entry.objects.get().action == "from_the_web"


@pytest.mark.django_db
def test_the_applications_tables_come_before_temporary_ones() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW search_path")
        assert cursor.fetchone() == ("public,pg_temp",)
        cursor.execute("CREATE TEMPORARY TABLE audit_entry (LIKE public.audit_entry)")
        cursor.execute("SELECT 'audit_entry'::regclass = 'public.audit_entry'::regclass")
        assert cursor.fetchone() == (True,)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_held_lock_is_told_and_does_not_hang(web: Web) -> None:
    web.execute("SELECT pg_advisory_xact_lock(hashtext('audit_entry'))")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT proconfig FROM pg_proc WHERE proname = 'audit_entry_chain'")
        assert "lock_timeout=15s" in cursor.fetchone()[0]
        cursor.execute("ALTER FUNCTION audit_entry_chain() SET lock_timeout = '100ms'")
        with pytest.raises(BusyError), transaction.atomic():
            write()
        transaction.set_rollback(True)
