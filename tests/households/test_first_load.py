"""A first load builds the indexes after its rows; whatever happens, all of them are there."""

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction

from gis_grid.accounts.acting import OPERATOR
from gis_grid.households.models import Household
from gis_grid.households.services.load import indexes
from gis_grid.territory.models import Region
from gis_grid.territory.services.publish import publish_villages
from tests.audit.conftest import connect
from tests.conftest import COUNTY, JINPING, QUANFENG, cell
from tests.exchange.conftest import home, households

pytestmark = pytest.mark.django_db
Hung = dict[str, tuple[int, str]]
HUNG = """
SELECT c.relname, c.oid::bigint, pg_get_indexdef(c.oid) FROM pg_index i
JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = 'households_household'::regclass
UNION ALL
SELECT conname, oid::bigint, pg_get_constraintdef(oid) FROM pg_constraint
WHERE conrelid = 'households_household'::regclass AND convalidated
"""


def hung() -> Hung:
    """(number, definition) of each index and constraint of the households, by name."""
    with connection.cursor() as cursor:
        cursor.execute(HUNG)
        return {name: (oid, definition) for name, oid, definition in cursor.fetchall()}


def built_anew(before: Hung, after: Hung) -> set[str]:
    """Names of what was taken away and made again; all else has to be as it was."""
    assert {name: text for name, (_, text) in before.items()} == {
        name: text for name, (_, text) in after.items()
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM households_shelf")
        assert cursor.fetchone() == (0,)
    return {name for name in before if before[name] != after[name]}


def write(path: Path, count: int) -> Path:
    rows = households(
        *(
            home(i, 经度=112.405 + i % 300 * 1e-5, 联系电话=f"138{i:08d}")
            for i in range(1, count + 1)
        )
    )
    path.write_text("\n".join(",".join(map(str, row)) for row in rows))
    return path


def load(path: Path) -> None:
    call_command("import_households", str(path), stdout=io.StringIO())


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexes, "SMALLEST", 200)


@pytest.mark.usefixtures("ground", "many")
def test_the_indexes_of_a_first_load_are_built_after_its_rows(tmp_path: Path) -> None:
    before = hung()
    load(write(tmp_path / "a.csv", 200))
    assert built_anew(before, hung()) == {
        "household_area_prefix",
        "household_phone",
        "household_text_trgm",
        "households_household_geom_1be88b95_id",
        "households_household_grid_id_ed72b161",
        "households_household_grid_id_ed72b161_fk_territory_grid_id",
    }
    assert Household.objects.filter(area_code=QUANFENG + "001").count() == 200


@pytest.mark.usefixtures("many")
def test_who_is_in_the_register_already_is_not_locked_away(
    household: Callable[..., Household], tmp_path: Path
) -> None:
    for _ in range(3):
        household(QUANFENG + "002")
    before = hung()
    load(write(tmp_path / "a.csv", 203))
    assert built_anew(before, hung()) == set()
    assert Household.objects.count() == 203


@pytest.mark.usefixtures("ground", "many")
def test_a_load_does_not_wait_for_a_reader(tmp_path: Path) -> None:
    before = hung()
    with connect(settings.DATABASE_OWNER_URL) as reader:
        reader.execute("SELECT count(*) FROM households_household")
        load(write(tmp_path / "a.csv", 200))
        reader.rollback()
    assert built_anew(before, hung()) == set()
    assert Household.objects.count() == 200


@pytest.mark.parametrize("first", ["SELECT 1", "SET CONSTRAINTS ALL IMMEDIATE"])
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_whoever_only_takes_them_away_gets_them_back(
    web: "psycopg.Connection[Any]", first: str
) -> None:
    before = hung()
    web.execute(first)
    assert web.execute("SELECT households_shelve_indexes()").fetchone() == (True,)
    web.commit()
    assert len(built_anew(before, hung())) == 6


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO households_shelf (statement) VALUES ('DROP TABLE audit_entry')",
        "SELECT * FROM households_shelf",
        "DELETE FROM households_shelf",
        "DROP INDEX household_phone",
        """CREATE TEMP TABLE mine (statement text, position int);
        CREATE TRIGGER mine AFTER INSERT ON mine
        FOR EACH ROW EXECUTE FUNCTION households_unshelve()""",
    ],
)
def test_the_web_gets_nothing_else(web: "psycopg.Connection[Any]", statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        web.execute(statement)


def locked_out() -> bool:
    """Whether a session waits for the table of tags: its rows are written, its indexes away."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE NOT granted"
            " AND relation = 'households_householdtag'::regclass"
        )
        return bool(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_killed_without_its_indexes_all_is_as_before(tmp_path: Path) -> None:
    for code, level, parent in (
        (COUNTY, "county", None),
        (JINPING, "town", COUNTY),
        (QUANFENG, "village", JINPING),
    ):
        Region.objects.create(code=code, name="甲", level=level, parent_id=parent)
    publish_villages(acting_user=OPERATOR, cells=[cell(QUANFENG + f"00{i}") for i in (1, 2, 3)])
    before = hung()
    path = write(tmp_path / "a.csv", indexes.SMALLEST)
    account = os.environ.get("DATABASE_WEB_URL", settings.DATABASE_URL)
    url = account.rsplit("/", 1)[0] + f"/{connection.settings_dict['NAME']}"
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE households_householdtag IN EXCLUSIVE MODE")
        command = subprocess.Popen(  # noqa: S603
            [sys.executable, "manage.py", "import_households", str(path)],
            cwd=settings.BASE_DIR,
            env=os.environ | {"DATABASE_URL": url},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 60
        while not locked_out() and command.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        with connect(settings.DATABASE_OWNER_URL) as other:
            other.execute("SET lock_timeout = '10ms'")
            with pytest.raises(psycopg.errors.LockNotAvailable):
                other.execute("SELECT count(*) FROM households_household")
        command.send_signal(signal.SIGKILL)
        command.wait()
    assert command.returncode == -signal.SIGKILL
    assert built_anew(before, hung()) == set()
    assert not Household.objects.exists()
