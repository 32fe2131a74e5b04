"""A process that publishes plans at a word, to be killed: `python -m tests.plans.publisher`.

Reads `ground`, `plan` or `publish` a line, answers `done` a line.
"""

import sys
import uuid

import django

django.setup()

import shapely  # noqa: E402
from django.contrib.gis.geos import Point  # noqa: E402
from django.utils import timezone  # noqa: E402

from gis_grid.accounts.models import User  # noqa: E402
from gis_grid.accounts.policies import Role  # noqa: E402
from gis_grid.households.models import Household  # noqa: E402
from gis_grid.territory.models import GridVersion, Plan, Region  # noqa: E402
from gis_grid.territory.plans.operate import operate  # noqa: E402
from gis_grid.territory.plans.publishing import publish_plan  # noqa: E402
from gis_grid.territory.plans.recording import Asked  # noqa: E402
from gis_grid.territory.plans.steps import create_plan, take_step  # noqa: E402
from gis_grid.territory.services.located import reassign  # noqa: E402
from gis_grid.territory.services.publish import publish_villages  # noqa: E402
from tests.conftest import COLUMNS, COUNTY, JINPING, LIJIA, QUANFENG, cell, make_user  # noqa: E402
from tests.plans.conftest import at  # noqa: E402

HOUSEHOLDS = 400
OURS = [code for code in COLUMNS if code.startswith(JINPING[:9])]


def ground() -> None:
    """Two villages, with a crowd of households east of their common border."""
    rows = [(COUNTY, "county", None), (JINPING, "town", COUNTY)]
    rows += [(village, "village", JINPING) for village in (QUANFENG, LIJIA)]
    for code, level, parent in rows:
        Region.objects.create(code=code, name=code, level=level, parent_id=parent)
    make_user("town", Role.TOWN_LEADER, JINPING)
    county = make_user("county", Role.COUNTY, COUNTY)
    publish_villages(acting_user=county, cells=[cell(code) for code in OURS])
    for number in range(HOUSEHOLDS):
        lon, lat = at(3.02 + number % 20 * 0.01, 0.4 + number // 20 * 0.01)
        Household.objects.create(
            code=f"{LIJIA}{number:05d}",
            address="1",
            head_name="李",
            origin=Household.Origin.RESIDENT,
            geom=Point(lon, lat, srid=4490),
            area_code=LIJIA,
            registered_on=timezone.localdate(),
            people=1,
        )
    reassign(OURS)


def plan() -> None:
    """An approved plan that moves the villages' border over the crowd, or back."""
    town, county = (User.objects.get(username=name) for name in ("town", "county"))
    made = create_plan(
        acting_user=town,
        title="重划网格",
        reason="一个网格户数太多",
        area_code=JINPING,
        effective_on=timezone.localdate(),
    )
    west = GridVersion.objects.at().get(grid__code=QUANFENG + "003").geom
    bulges = shapely.from_wkb(bytes(west.wkb)).bounds[2] > at(3.1, 0)[0]
    line = [at(3, 0.1), at(3, 0.9)] if bulges else [at(3, 0.1), at(3.3, 0.5), at(3, 0.9)]
    asked = Asked(uuid.uuid4(), 0, {"type": "reshape", "line": line})
    operate(plan_id=made.pk, acting_user=town, asked=asked)
    take_step(plan_id=made.pk, acting_user=town, step="submit")
    take_step(plan_id=made.pk, acting_user=county, step="approve")


def publish() -> None:
    due = Plan.objects.get(status=Plan.Status.APPROVED)
    publish_plan(plan_id=due.pk, acting_user=User.objects.get(username="county"))


def main() -> None:
    words = {"ground": ground, "plan": plan, "publish": publish}
    # A connection as a web process has it: open before the request comes.
    User.objects.exists()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        words[line.strip()]()
        sys.stdout.write("done\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
