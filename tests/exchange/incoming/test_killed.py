"""A load of the wizard that is killed in the middle: nothing is written, and it is gone on with."""

import multiprocessing
import time
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection, transaction

from gis_grid.accounts.policies import Role
from gis_grid.exchange.incoming import describing, steps
from gis_grid.exchange.incoming.working import LOCK, work
from gis_grid.exchange.models import Intake
from gis_grid.exchange.tasks import go_on
from gis_grid.households.models import Household
from gis_grid.territory.models import Region
from gis_grid.territory.services.publish import lock_counties
from tests.conftest import COUNTY, JINPING, QUANFENG, make_user
from tests.exchange.conftest import home, households
from tests.exchange.incoming import files
from tests.exchange.incoming.killing import work_alone
from tests.exchange.test_killed import waiting


def checked(tmp_path: Path) -> Intake:
    for code, level, parent in (
        (COUNTY, "county", None),
        (JINPING, "town", COUNTY),
        (QUANFENG, "village", JINPING),
    ):
        Region.objects.create(code=code, name="甲", level=level, parent_id=parent)
    office = make_user("office", Role.OFFICE, JINPING)
    rows = [list(row) for row in households(*(home(i, 经度="", 纬度="") for i in range(1, 60)))]
    path = files.workbook(tmp_path / "a.xlsx", {"户": rows})
    intake = steps.receive(acting_user=office, name="a.xlsx", chunks=[path.read_bytes()])
    found = describing.describe(office, intake, "households")
    assert found is not None
    steps.ask_check(acting_user=office, intake_id=intake.pk, chosen=found.as_chosen())
    work(intake.pk)
    return steps.ask_import(acting_user=office, intake_id=intake.pk, keep_good=False)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_killed_and_gone_on_with(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    intake = checked(tmp_path)
    host = django_settings.DATABASE_URL.rsplit("/", 1)[0]
    url = f"{host}/{connection.settings_dict['NAME']}"
    alone = multiprocessing.get_context("spawn")
    worker = alone.Process(target=work_alone, args=(url, str(settings.MEDIA_ROOT), intake.pk))
    with transaction.atomic():
        # The load gets as far as its own lock on the county, and waits there.
        lock_counties([QUANFENG])
        worker.start()
        deadline = time.monotonic() + 120
        while not waiting() and worker.is_alive() and time.monotonic() < deadline:
            time.sleep(0.05)
        assert waiting()
        # Whoever else comes by leaves it to the one who is at it.
        work(intake.pk)
        worker.kill()
        worker.join()
    intake.refresh_from_db()
    assert intake.state == Intake.State.IMPORTING
    assert not Household.objects.exists()
    # The killed one's session holds its lock until the server has seen that it is gone.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [LOCK, intake.pk])
        cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK, intake.pk])
    go_on(0)
    intake.refresh_from_db()
    assert (intake.state, intake.said) == (Intake.State.DONE, "")
    assert Household.objects.count() == 59
