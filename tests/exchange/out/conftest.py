"""Files taken out by one of the cast."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gis_grid.exchange.models import TakenOut
from gis_grid.exchange.out.making import Order, take_out

PURPOSE = "季度走访安排"


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return Path(settings.MEDIA_ROOT)


@pytest.fixture
def take(db: None) -> Callable[..., TakenOut]:
    def ask(user: Any, dataset: str, form: str, **more: Any) -> TakenOut:
        order = Order(dataset, form, more.pop("purpose", PURPOSE), **more)
        return take_out(acting_user=user, order=order)

    return ask
