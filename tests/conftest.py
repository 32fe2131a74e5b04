"""The cast and the ground that tests share: two towns, and people from both.

Jinping (431024111000) has two villages side by side: 泉凤村 (…200) with three small grids
and 李家村 (…201) with two; Tangcun (431024102000) has one village with two. All grids are
rectangles of 0.01° × 0.01°, laid out from west to east.
"""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import shapely
from django.contrib.gis.geos import Point

from gis_grid.accounts.models import Assignment, User
from gis_grid.accounts.policies import Role
from gis_grid.households.models import Household, HouseholdTag, Tag
from gis_grid.households.services.tags import refresh_masks
from gis_grid.territory.models import Region
from gis_grid.territory.services.located import reassign
from gis_grid.territory.services.publish import NewCell, publish_villages

FOLDER = Path(__file__).parent
COUNTY = "431024000000"
JINPING, TANGCUN = "431024111000", "431024102000"
QUANFENG, LIJIA, OTHER_VILLAGE = "431024111200", "431024111201", "431024102200"
EDGE = 0.01
WEST, SOUTH = 112.40, 25.60
PASSWORD = "a long test password"

# Grid code → column of its rectangle, counted from the west.
COLUMNS = {
    QUANFENG + "001": 0,
    QUANFENG + "002": 1,
    QUANFENG + "003": 2,
    LIJIA + "001": 3,
    LIJIA + "002": 4,
    OTHER_VILLAGE + "001": 20,
    OTHER_VILLAGE + "002": 21,
}


def rectangle(column: float, *, width: float = 1) -> shapely.Polygon:
    """The rectangle of a column, in lon/lat degrees."""
    west = round(WEST + column * EDGE, 7)
    return shapely.box(west, SOUTH, round(west + width * EDGE, 7), round(SOUTH + EDGE, 7))


def cell(code: str, shape: Any = None, *, name: str = "", kind: str = "small") -> NewCell:
    """A small grid for `publish_villages`; its rectangle where no shape is given."""
    name = name or f"网格{code[-3:]}"
    return NewCell(code, name, kind, shape if shape is not None else rectangle(COLUMNS[code]))


def make_user(username: str, role: Role | None, *areas: str) -> User:
    user = User.objects.create_user(username, PASSWORD, display_name=username)
    for area in areas:
        Assignment.objects.create(
            user=user, role=role, area_code=area, starts_on=dt.date(2020, 1, 1)
        )
    return user


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that commits empties the tables after it: what migrations put there must come back.
    `bin/test` looks for browser tests and soaks in their own folders alone.
    """
    for item in items:
        for name in ("browser", "soak"):
            if item.get_closest_marker(name) and FOLDER / name not in item.path.parents:
                raise pytest.UsageError(f"{item.nodeid}: belongs into tests/{name}/")
        mark = item.get_closest_marker("django_db")
        if mark and mark.kwargs.get("transaction") and not mark.kwargs.get("serialized_rollback"):
            raise pytest.UsageError(f"{item.nodeid}: transaction=True needs serialized_rollback")


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    """Argon2 is slow on purpose; a cast of twelve a test would wait for nothing else."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def regions(db: None) -> dict[str, Region]:
    rows = [
        (COUNTY, "嘉禾县", "county", None),
        (JINPING, "晋屏镇", "town", COUNTY),
        (TANGCUN, "塘村镇", "town", COUNTY),
        (QUANFENG, "泉凤村", "village", JINPING),
        (LIJIA, "李家村", "village", JINPING),
        (OTHER_VILLAGE, "清水村", "village", TANGCUN),
    ]
    made = {}
    for code, name, level, parent in rows:
        made[code] = Region.objects.create(code=code, name=name, level=level, parent_id=parent)
    return made


@pytest.fixture
def cast(db: None) -> SimpleNamespace:
    """One user a role: offices for all of Jinping, staff for 泉凤村; `outsider` from Tangcun."""
    return SimpleNamespace(
        county=make_user("county", Role.COUNTY, COUNTY),
        town=make_user("town", Role.TOWN_LEADER, JINPING),
        office=make_user("office", Role.OFFICE, JINPING),
        civil=make_user("civil", Role.CIVIL, JINPING),
        police=make_user("police", Role.POLICE, JINPING),
        leader=make_user("leader", Role.GRID_LEADER, QUANFENG),
        worker=make_user("worker", Role.GRID_WORKER, QUANFENG),
        informant=make_user("informant", Role.INFORMANT, QUANFENG + "001"),
        surveyor=make_user("surveyor", Role.SURVEYOR, JINPING),
        auditor=make_user("auditor", Role.AUDITOR, JINPING),
        outsider=make_user("outsider", Role.GRID_WORKER, OTHER_VILLAGE),
        nobody=make_user("nobody", None),
    )


@pytest.fixture
def ground(regions: dict[str, Region], cast: SimpleNamespace) -> dict[str, NewCell]:
    """The published small grids of both towns, by code."""
    cells = {code: cell(code) for code in COLUMNS}
    publish_villages(acting_user=cast.county, cells=cells.values())
    return cells


@pytest.fixture
def household(ground: dict[str, NewCell]) -> Callable[..., Household]:
    """Make a household in the middle of a grid: `household(grid_code, tags=["low_income"])`."""
    serial = iter(range(1, 10_000))

    def make(grid_code: str, *, tags: tuple[str, ...] = (), **fields: Any) -> Household:
        number = next(serial)
        centre = rectangle(COLUMNS[grid_code]).centroid
        made = Household.objects.create(
            **{
                "code": f"{grid_code[:12]}{number:05d}",
                "address": f"{number}号",
                "head_name": "李明德",
                "origin": Household.Origin.RESIDENT,
                "geom": Point(centre.x + number * 1e-5, centre.y, srid=4490),
                "area_code": grid_code[:12],
                "registered_on": dt.date(2020, 1, 1),
                "people": 4,
                **fields,
            }
        )
        for slug in tags:
            HouseholdTag.objects.create(
                household=made, tag=Tag.objects.get(slug=slug), starts_on=dt.date(2021, 1, 1)
            )
        reassign([grid_code])
        refresh_masks([made.pk])
        made.refresh_from_db()
        return made

    return make
