"""Files of a village as a person sends them into a draft."""

from collections.abc import Callable
from typing import Any

import geopandas as gpd

from tests.conftest import QUANFENG, rectangle

CODES = [QUANFENG + f"00{i}" for i in (1, 2, 3)]
Send = Callable[..., Any]


def frame(*shapes: Any, crs: Any = 4490, **columns: Any) -> gpd.GeoDataFrame:
    drawn = list(shapes) or [rectangle(i) for i in range(3)]
    codes = (CODES + [""] * len(drawn))[: len(drawn)]
    names = [f"{i}组" for i in range(len(drawn))]
    return gpd.GeoDataFrame(
        {"code": codes, "name": names, **columns}, geometry=drawn, crs=4490
    ).to_crs(crs)


def refusal(answer: Any, status: int = 422) -> Any:
    assert answer.status_code == status, answer.content
    return answer.json()["error"]
