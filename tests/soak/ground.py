"""The ground of a soak: villages of four grids, people with tablets, houses, cameras."""

import datetime as dt
from itertools import pairwise

import django
import shapely

# West and south edge, and the size of a grid, in degrees.
WEST, SOUTH, EDGE = 112.40, 25.60, 0.01
COUNTY, TOWN, OTHER_TOWN = "431024000000", "431024111000", "431024102000"
VILLAGES = tuple(f"4310241112{n:02d}" for n in range(4))
OTHER_VILLAGE = "431024102200"
GRIDS = 4
HOUSEHOLDS_A_VILLAGE, CAMERAS_A_VILLAGE = 60, 8
# As many as there may be tablets, each with a squad of its own: two can't be out at once.
ROUTES = 24
# Six people; tablets are given to them by turns, so that some have two.
PEOPLE = (
    ("soak_worker_0", "grid_worker", VILLAGES[0]),
    ("soak_surveyor_1", "surveyor", TOWN),
    ("soak_worker_2", "grid_worker", VILLAGES[1]),
    ("soak_surveyor_3", "surveyor", VILLAGES[0]),
    ("soak_worker_4", "grid_worker", VILLAGES[2]),
    ("soak_leader_5", "grid_leader", VILLAGES[0]),
)
OFFICE, COUNTY_OFFICE = "soak_office", "soak_county"
SINCE = dt.date(2020, 1, 1)


def row_of(village: str) -> int:
    """Villages lie one above the other; the other town's far off."""
    return 30 if village == OTHER_VILLAGE else VILLAGES.index(village)


def box_of(village: str, west: float, east: float) -> shapely.Polygon:
    """A piece of the village, between two columns."""
    south = round(SOUTH + row_of(village) * EDGE, 7)
    return shapely.box(
        round(WEST + west * EDGE, 7), south, round(WEST + east * EDGE, 7), round(south + EDGE, 7)
    )


def cells_of(village: str, borders: tuple[float, ...] = (1, 2, 3)) -> list:
    """Its four grids from west to east, with these borders between them."""
    from gis_grid.territory.services.publish import NewCell

    edges = (0, *borders, GRIDS)
    return [
        NewCell(f"{village}{n + 1:03d}", f"网格{n + 1:03d}", "small", box_of(village, a, b))
        for n, (a, b) in enumerate(pairwise(edges))
    ]


def make() -> None:
    from gis_grid.accounts.models import Assignment, User
    from gis_grid.territory.models import Region
    from gis_grid.territory.services.publish import publish_villages

    rows = [
        (COUNTY, "嘉禾县", "county", None),
        (TOWN, "晋屏镇", "town", COUNTY),
        (OTHER_TOWN, "塘村镇", "town", COUNTY),
        *((code, f"村{code[-2:]}", "village", TOWN) for code in VILLAGES),
        (OTHER_VILLAGE, "清水村", "village", OTHER_TOWN),
    ]
    for code, name, level, parent in rows:
        Region.objects.create(code=code, name=name, level=level, parent_id=parent)
    people = [*PEOPLE, (OFFICE, "office", TOWN), (COUNTY_OFFICE, "county", COUNTY)]
    users = {}
    for name, role, area in people:
        users[name] = User.objects.create_user(name, display_name=name)
        Assignment.objects.create(user=users[name], role=role, area_code=area, starts_on=SINCE)
    cells = [cell for village in (*VILLAGES, OTHER_VILLAGE) for cell in cells_of(village)]
    publish_villages(acting_user=users[COUNTY_OFFICE], cells=cells)
    for village in VILLAGES:
        _furnish(users[COUNTY_OFFICE], village)
    for number in range(ROUTES):
        _draw_route(users[OFFICE], number)


def route_of(tablet: int) -> str:
    """The name of the route that this tablet walks."""
    return f"{tablet}号线"


def _draw_route(user, number: int) -> None:
    """A lane along the middle of the person's village, with two checkpoints."""
    from gis_grid.patrols.services.routes import Stop, save_route
    from gis_grid.patrols.services.squads import save_squad

    login, role, village = PEOPLE[number % len(PEOPLE)]
    if role == "surveyor":
        # They don't patrol.
        return
    squad = save_squad(
        acting_user=user, name=f"{number}队", area_code=village, members=[], leader=login
    )
    lat = SOUTH + (row_of(village) + 0.5) * EDGE
    save_route(
        acting_user=user,
        name=route_of(number),
        squad_id=squad.pk,
        line=[(WEST + EDGE * 0.2, lat), (WEST + EDGE * 1.8, lat)],
        stops=[Stop(WEST + EDGE * 0.5, lat), Stop(WEST + EDGE * 1.5, lat)],
    )


def _furnish(user, village: str) -> None:
    from django.contrib.gis.geos import Point

    from gis_grid.facilities.models import Camera
    from gis_grid.households.services.registering import register_household
    from gis_grid.territory.services.located import grid_at

    south = SOUTH + row_of(village) * EDGE
    for n in range(HOUSEHOLDS_A_VILLAGE):
        lon = WEST + EDGE * GRIDS * (n + 0.5) / HOUSEHOLDS_A_VILLAGE
        register_household(
            acting_user=user,
            values={
                "address": f"{village[-2:]}-{n}号",
                "head_name": "李明德",
                "phone": f"1380000{n:04d}",
                "origin": "resident",
                "note": f"原注{n}",
            },
            place=(lon, south + EDGE / 2),
        )
    for n in range(CAMERAS_A_VILLAGE):
        lon = round(WEST + EDGE * GRIDS * (n + 0.3) / CAMERAS_A_VILLAGE, 7)
        lat = round(south + EDGE / 3, 7)
        grid, code = grid_at(lon, lat)
        Camera.objects.create(
            name=f"摄像头{village[-2:]}-{n}",
            owner="home",
            consent_on=SINCE,
            height_m=4,
            field_of_view=360,
            range_m=30,
            geom=Point(lon, lat, srid=4490),
            grid_id=grid,
            area_code=code,
        )


if __name__ == "__main__":
    django.setup()
    make()
