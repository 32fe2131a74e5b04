"""A load that is killed in the middle leaves the database as it was."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from gis_grid.accounts.acting import OPERATOR
from gis_grid.households.models import Household
from gis_grid.territory.models import Region
from gis_grid.territory.services.publish import lock_counties, publish_villages
from tests.conftest import COUNTY, JINPING, QUANFENG, cell
from tests.exchange.conftest import home, households


def waiting() -> bool:
    """Whether another session waits for the lock that this one holds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        return bool(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_killed_in_the_middle_nothing_is_written(tmp_path: Path) -> None:
    from django.db import transaction

    for code, level, parent in (
        (COUNTY, "county", None),
        (JINPING, "town", COUNTY),
        (QUANFENG, "village", JINPING),
    ):
        Region.objects.create(code=code, name="甲", level=level, parent_id=parent)
    publish_villages(acting_user=OPERATOR, cells=[cell(QUANFENG + f"00{i}") for i in (1, 2, 3)])
    path = tmp_path / "households.csv"
    rows = households(*(home(i) for i in range(1, 400)))
    path.write_text("\n".join(",".join(map(str, row)) for row in rows))
    database = connection.settings_dict
    url = settings.DATABASE_URL.rsplit("/", 1)[0] + f"/{database['NAME']}"
    with transaction.atomic():
        # The load gets as far as its own transaction, and there waits for this lock.
        lock_counties([QUANFENG])
        command = subprocess.Popen(  # noqa: S603
            [sys.executable, "manage.py", "import_households", str(path)],
            cwd=settings.BASE_DIR,
            env=os.environ | {"DATABASE_URL": url},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 60
        while not waiting() and command.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        assert waiting()
        command.send_signal(signal.SIGKILL)
        command.wait()
    assert command.returncode == -signal.SIGKILL
    assert not Household.objects.exists()
