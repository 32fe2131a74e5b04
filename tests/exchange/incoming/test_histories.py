"""Undoing takes out of a history what its load had put there, and nobody can make more of it.

The web's role is taken for an attacker's: it may run any statement that its rights allow.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection

from gis_grid.audit.models import Entry
from gis_grid.exchange.models import KEPT, Intake, IntakeChange
from gis_grid.incidents.models import Incident, Step
from tests.conftest import QUANFENG
from tests.exchange.incoming import files

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.usefixtures("ground"),
]
Bring = Callable[..., Any]
Web = psycopg.Connection[Any]


@pytest.fixture
def loaded(wizard: Bring, tmp_path: Path) -> Callable[[str], Any]:
    """`loaded("A1")`: the wizard of a file with one closed incident, which was loaded."""

    def load(ref: str) -> Any:
        rows = [
            ["原编号", "分类", "事件经过", "村代码", "上报时间", "办结时间"],
            [ref, "邻里纠纷", "水渠之争", QUANFENG, "2026-01-05 09:00", "2026-01-06 09:00"],
        ]
        one = wizard(files.workbook(tmp_path / f"{ref}.xlsx", {"事件": rows}))
        assert one.check("incidents").result["problems"] == []
        assert one.load().state == "done"
        return one

    return load


def begin_undoing(web: Web, intake: Intake) -> None:
    """As far as anybody gets who can write the intake and any setting."""
    web.execute("UPDATE exchange_intake SET state = 'undoing' WHERE id = %s", [intake.pk])
    web.execute("SELECT set_config('gis_grid.undoing', %s, false)", [str(intake.pk)])


def test_the_undo_leaves_others_histories_and_tells_the_log(loaded: Callable[[str], Any]) -> None:
    loaded("A1")
    first = set(Step.objects.values_list("pk", flat=True))
    second = loaded("A2")
    assert Step.objects.count() == 4
    assert second.undo().said == ""
    assert set(Step.objects.values_list("pk", flat=True)) == first
    entry = Entry.objects.get(action="history_taken_back")
    assert entry.subject_id == str(second.intake.pk)
    assert entry.detail == {"rows": 2, "tables": ["incidents_step"]}
    assert not IntakeChange.objects.filter(intake=second.intake, tab="incidents_step").exists()


def test_an_undo_by_the_webs_own_role(
    loaded: Callable[[str], Any], web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = loaded("A1")
    parts = psycopg.conninfo.conninfo_to_dict(os.environ["DATABASE_WEB_URL"])
    connection.close()
    with monkeypatch.context() as patched:
        for key, part in (("USER", "user"), ("PASSWORD", "password")):
            patched.setitem(connection.settings_dict, key, parts[part])
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            assert cursor.fetchone() == (parts["user"],)
        assert one.undo().said == ""
        connection.close()
    assert not Incident.objects.exists()
    assert not Step.objects.exists()


def test_settings_and_states_open_nothing(loaded: Callable[[str], Any], web: Web) -> None:
    intake = loaded("A1").intake
    begin_undoing(web, intake)
    web.commit()
    with pytest.raises(psycopg.errors.RestrictViolation):
        web.execute("DELETE FROM incidents_step")
    web.rollback()
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        web.execute("DELETE FROM audit_entry")
    web.rollback()
    assert Step.objects.count() == 2


FORGERIES = {
    "rows of its own": """INSERT INTO exchange_intakechange (intake_id, tab, row_id)
        SELECT max(intake_id), 'incidents_step', 1 FROM exchange_intakechange""",
    "other numbers": "UPDATE exchange_intakechange SET row_id = row_id + 1",
    "more time": "UPDATE exchange_intakechange SET at = now() + interval '1 year'",
    "none of it": "TRUNCATE exchange_intakechange",
    "another rule": """CREATE OR REPLACE FUNCTION exchange_takes_back(tab_name text, number bigint)
        RETURNS boolean LANGUAGE sql AS 'SELECT true'""",
    # A table of the same name whose trigger would write what a load did.
    "a table of its own": """CREATE TRIGGER mine AFTER INSERT ON pg_temp.incidents_step
        FOR EACH ROW EXECUTE FUNCTION public.exchange_keep()""",
}


@pytest.mark.parametrize("name", list(FORGERIES))
def test_what_a_load_changed_is_not_its_to_write(
    loaded: Callable[[str], Any], web: Web, name: str
) -> None:
    loaded("A1")
    web.execute("CREATE TEMP TABLE incidents_step AS SELECT * FROM public.incidents_step")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        web.execute(FORGERIES[name])


def test_the_function_takes_only_what_that_load_made(
    loaded: Callable[[str], Any], web: Web
) -> None:
    one = loaded("A1")
    copy = Step.objects.order_by("pk")[0]
    copy.pk, copy.number = None, 99
    copy.save()
    begin_undoing(web, one.intake)
    tables = ["audit_entry", "incidents_step", "fieldsync_receipt", "no_such_table"]
    web.execute("SELECT exchange_take_back(%s, %s)", [one.intake.pk, tables])
    # Nothing is left of the key: the setting is what it was, and a second call finds nothing.
    with pytest.raises(psycopg.errors.RestrictViolation), web.transaction():
        web.execute("DELETE FROM incidents_step WHERE id = %s", [copy.pk])
    web.execute("SELECT exchange_take_back(%s, %s)", [one.intake.pk, tables])
    left = web.execute("SELECT id FROM incidents_step").fetchall()
    assert left == [(copy.pk,)]
    told = web.execute(
        "SELECT detail -> 'rows' FROM audit_entry WHERE action = 'history_taken_back' ORDER BY seq"
    ).fetchall()
    assert told == [(2,), (0,)]


def test_a_number_that_is_used_again_is_not_taken(loaded: Callable[[str], Any], web: Web) -> None:
    one = loaded("A1")
    first = Step.objects.order_by("pk").values_list("pk", flat=True)[0]
    begin_undoing(web, one.intake)
    web.execute("CREATE TEMP TABLE same AS SELECT * FROM incidents_step WHERE id = %s", [first])
    web.execute("SELECT exchange_take_back(%s, %s)", [one.intake.pk, ["incidents_step"]])
    web.execute("INSERT INTO incidents_step OVERRIDING SYSTEM VALUE SELECT * FROM same")
    web.execute("SELECT exchange_take_back(%s, %s)", [one.intake.pk, ["incidents_step"]])
    assert web.execute("SELECT id FROM incidents_step").fetchall() == [(first,)]


def test_not_in_another_state_and_not_after_seven_days(
    loaded: Callable[[str], Any], web: Web
) -> None:
    intake = loaded("A1").intake
    call = "SELECT exchange_take_back(%s, %s)"
    with pytest.raises(psycopg.errors.RestrictViolation, match="not being undone"):
        web.execute(call, [intake.pk, ["incidents_step"]])
    web.rollback()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE exchange_intakechange SET at = now() - %s", [KEPT])
    begin_undoing(web, intake)
    web.execute("UPDATE exchange_intake SET done_at = now() WHERE id = %s", [intake.pk])
    with pytest.raises(psycopg.errors.RestrictViolation, match="seven days"):
        web.execute(call, [intake.pk, ["incidents_step"]])
    web.rollback()
    assert Step.objects.count() == 2


def test_the_wizard_says_so_when_the_days_ended_on_the_way(loaded: Callable[[str], Any]) -> None:
    one = loaded("A1")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE exchange_intakechange SET at = now() - %s", [KEPT])
    undone = one.undo()
    assert (undone.state, bool(undone.said)) == ("done", True)
    assert Step.objects.count() == 2
