"""A view of the map becomes one file: its layers, under its filter and in its frame."""

import io
import zipfile
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import openpyxl
import pyogrio
import pytest
from defusedxml import ElementTree
from django.test import Client

from gis_grid.audit.models import Entry
from gis_grid.core.errors import InputError, MissingError, NotAllowedError
from gis_grid.exchange.models import TakenOut
from gis_grid.exchange.out.making import VIEW, Order
from gis_grid.exchange.out.reports import run_report, save_report
from gis_grid.households.models import Household
from tests.conftest import QUANFENG
from tests.exchange.out.conftest import PURPOSE

pytestmark = pytest.mark.django_db
Take = Callable[..., TakenOut]
LAYERS = ("large_grids", "small_grids", "households")


@pytest.fixture
def homes(household: Callable[..., Household]) -> list[Household]:
    return [
        household(QUANFENG + "001", tags=("low_income",)),
        household(QUANFENG + "001"),
        household(QUANFENG + "002", tags=("low_income",)),
    ]


def test_geopackage_has_a_styled_layer_each(
    cast: SimpleNamespace, homes: list[Household], take: Take
) -> None:
    kept = take(cast.town, VIEW, "gpkg", layers=LAYERS, query={"tags": "low_income"})
    spatial = [name for name, kind in pyogrio.list_layers(kept.path) if kind]
    assert sorted(spatial) == sorted(LAYERS)
    found = pyogrio.read_dataframe(kept.path, layer="households")
    assert set(found["code"]) == {homes[0].code, homes[2].code}
    styles = pyogrio.read_dataframe(kept.path, layer="layer_styles", read_geometry=False)
    assert set(styles["f_table_name"]) == set(LAYERS)
    assert (
        kept.rows
        == kept.expected
        == sum(len(pyogrio.read_dataframe(kept.path, layer=name)) for name in LAYERS)
    )


def test_the_frame_holds_for_every_layer(
    cast: SimpleNamespace, homes: list[Household], take: Take
) -> None:
    x, y = homes[2].geom.coords
    frame = f"{x - 1e-4},{y - 1e-4},{x + 1e-4},{y + 1e-4}"
    kept = take(cast.town, VIEW, "gpkg", layers=LAYERS, query={"bbox": frame})
    assert list(pyogrio.read_dataframe(kept.path, layer="households")["code"]) == [homes[2].code]
    grids = pyogrio.read_dataframe(kept.path, layer="small_grids")
    assert list(grids["code"]) == [QUANFENG + "002"]


def test_sheets_shapefiles_and_folders(
    cast: SimpleNamespace, homes: list[Household], take: Take
) -> None:
    book = openpyxl.load_workbook(
        io.BytesIO(take(cast.town, VIEW, "xlsx", layers=LAYERS).path.read_bytes())
    )
    assert len(book.sheetnames) == 3
    assert book["住户"].max_row == 2 + len(homes)
    with zipfile.ZipFile(take(cast.town, VIEW, "shp", layers=LAYERS).path) as packed:
        shapes = {name for name in packed.namelist() if name.endswith(".shp")}
    assert shapes == {"large_grids_area.shp", "small_grids_area.shp", "households_point.shp"}
    root = ElementTree.parse(take(cast.town, VIEW, "kml", layers=LAYERS).path).getroot()
    space = {"k": "http://www.opengis.net/kml/2.2"}
    folders = [one.text for one in root.iterfind(".//k:Folder/k:name", space)]
    assert len(folders) == 3
    fields = {one.get("id") for one in root.iterfind(".//k:Schema", space)}
    asked = {one.get("schemaUrl", "")[1:] for one in root.iterfind(".//k:SchemaData", space)}
    assert asked <= fields
    assert len(fields) == 3


@pytest.mark.parametrize(("form", "layers"), [("csv", LAYERS), ("geojson", LAYERS), ("gpkg", ())])
def test_what_holds_no_layers_is_refused(
    cast: SimpleNamespace, take: Take, form: str, layers: tuple[str, ...]
) -> None:
    with pytest.raises(InputError):
        take(cast.town, VIEW, form, layers=layers)
    assert not TakenOut.objects.exists()


def test_a_layer_out_of_sight_is_none(cast: SimpleNamespace, take: Take) -> None:
    with pytest.raises(MissingError):
        take(cast.town, VIEW, "gpkg", layers=("households", "reporters"))


def test_an_outsider_gets_nothing(
    cast: SimpleNamespace, homes: list[Household], take: Take, client: Client
) -> None:
    for user in (cast.outsider, cast.worker, cast.auditor):
        with pytest.raises(NotAllowedError):
            take(user, VIEW, "gpkg", layers=LAYERS)
        client.force_login(user)
        assert client.get("/data/out/", {"what": "map"}).status_code == 403


def test_a_report_makes_it_anew_and_the_log_knows_its_layers(
    cast: SimpleNamespace, homes: list[Household], take: Take
) -> None:
    order = Order(VIEW, "gpkg", PURPOSE, layers=LAYERS)
    report = save_report(acting_user=cast.town, name="会议", order=order)
    kept = run_report(acting_user=cast.town, report_id=report.pk)
    assert kept.state == TakenOut.State.DONE
    logged = Entry.objects.filter(action="data_exported").latest("pk")
    assert logged.detail["layers"] == list(LAYERS)


def test_the_page_shows_the_layers_of_the_view(
    cast: SimpleNamespace, homes: list[Household], client: Client
) -> None:
    client.force_login(cast.town)
    page: Any = client.get(
        "/data/out/", {"what": "map", "layers": ["households", "roads"], "tags": "low_income"}
    )
    chosen = [one.name for one in page.context["chosen"]]
    assert chosen == ["roads", "households"]
    assert page.context["rows"] == 2
    assert [form.name for form in page.context["forms"]] == ["xlsx", "gpkg", "shp", "kml"]


def test_the_day_of_the_map_comes_along(
    cast: SimpleNamespace, homes: list[Household], take: Take
) -> None:
    Household.objects.filter(pk=homes[0].pk).update(registered_on="2026-03-02")
    query = {"at": "2026-03-01"}
    found = pyogrio.read_dataframe(take(cast.town, "households", "gpkg", query=query).path)
    assert set(found["code"]) == {homes[1].code, homes[2].code}
    # No grid was in force then.
    assert take(cast.town, "small_grids", "gpkg", query=query).rows == 0
    for wrong in ("yesterday", "2026-13-01", "0001-01-01"):
        with pytest.raises(InputError):
            take(cast.town, "households", "gpkg", query={"at": wrong})


def test_a_word_that_is_no_filter_is_not_told_as_one(
    cast: SimpleNamespace, homes: list[Household], client: Client
) -> None:
    client.force_login(cast.town)
    page: Any = client.get("/data/out/", {"what": "households", "tag": "low_income"})
    assert page.context["rows"] == len(homes)
    assert page.context["narrowed"] == []
