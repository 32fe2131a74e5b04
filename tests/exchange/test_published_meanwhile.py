"""Households are placed while their file is read; grids may be published before it ends."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from gis_grid.households.models import Household
from gis_grid.households.services.load import stage
from gis_grid.territory.plans.publishing import publish_plan
from gis_grid.territory.services.placing import Placer
from tests.conftest import QUANFENG
from tests.exchange.conftest import Said, home, households
from tests.plans.conftest import draw_on, new_draft, vetted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ground")]
OTHER = f"{QUANFENG}002"


def test_grids_published_while_the_file_is_read_are_those_that_count(
    run: Callable[..., Said],
    workbook: Callable[..., Path],
    cast: SimpleNamespace,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fill = stage.fill

    def read_slowly(*args: Any) -> Placer:
        placer = fill(*args)
        plan = new_draft(cast.town)
        draw_on(plan, cast.town, type="transfer", **{"from": f"{QUANFENG}001", "to": OTHER})
        vetted(plan, cast.town, cast.county)
        publish_plan(plan_id=plan.pk, acting_user=cast.office)
        return placer

    monkeypatch.setattr(stage, "fill", read_slowly)
    assert run("import_households", workbook({"户": households(home(1), home(2))})).refusal == ""
    assert set(Household.objects.values_list("area_code", "grid__code")) == {(OTHER, OTHER)}
