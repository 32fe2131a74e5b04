"""Short ways to enter a camera and a service point."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from gis_grid.accounts.models import User
from gis_grid.facilities.models import Camera, ServicePoint
from gis_grid.facilities.services.cameras import save_camera
from gis_grid.facilities.services.points import save_point
from tests.conftest import COLUMNS, NewCell, rectangle

CAMERA = {
    "name": "村口", "owner": "public", "consent_on": None, "mounting": "pole", "height_m": 5.0,
    "bearing": 90.0, "field_of_view": 60.0, "range_m": 80.0, "device_code": "", "filing_no": "",
    "has_sign": True, "storage_days": 30, "platform": "",
}  # fmt: skip
POINT = {"kind": "desk", "name": "便民服务站", "address": "", "hours": "8:30–17:00", "phone": ""}
NewCamera = Callable[..., Camera]
NewPoint = Callable[..., ServicePoint]


def middle(grid: str, east: float = 0.0) -> tuple[float, float]:
    centre = rectangle(COLUMNS[grid]).centroid
    return round(centre.x + east, 7), round(centre.y, 7)


@pytest.fixture
def camera(ground: dict[str, NewCell], cast: SimpleNamespace) -> NewCamera:
    """`camera(grid_code, owner="home", consent_on=…)`, entered by the county unless said."""

    def make(grid: str, *, user: User | None = None, east: float = 0.0, **values: Any) -> Camera:
        return save_camera(
            acting_user=user or cast.county, values={**CAMERA, **values}, place=middle(grid, east)
        )

    return make


@pytest.fixture
def point(ground: dict[str, NewCell], cast: SimpleNamespace) -> NewPoint:
    """`point(grid_code, kind="health")`, entered by the county unless said."""

    def make(
        grid: str, *, user: User | None = None, east: float = 0.0, rota: Any = None, **values: Any
    ) -> ServicePoint:
        return save_point(
            acting_user=user or cast.county,
            values={**POINT, **values},
            place=middle(grid, east),
            rota=rota,
        )

    return make
