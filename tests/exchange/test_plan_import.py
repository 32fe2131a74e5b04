"""A file into a draft: what it draws, how far it may be bent, and who may send it."""

import json
import uuid
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import geopandas as gpd
import pytest
import shapely
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from shapely import affinity

from gis_grid.accounts.models import User
from gis_grid.territory.models import GridVersion, Plan
from gis_grid.territory.plans.publishing import publish_plan
from gis_grid.territory.plans.sheets import load
from tests.conftest import LIJIA, QUANFENG, rectangle
from tests.exchange.test_hostile_maps import HOSTILE
from tests.plans.conftest import new_draft, vetted

CODES = [QUANFENG + f"00{i}" for i in (1, 2, 3)]
# Some 0.1 m of latitude.
DECIMETRE = 1e-6
Send = Callable[..., Any]
pytestmark = pytest.mark.usefixtures("ground")


def frame(*shapes: Any, crs: Any = 4490, **columns: Any) -> gpd.GeoDataFrame:
    drawn = list(shapes) or [rectangle(i) for i in range(3)]
    codes = (CODES + [""] * len(drawn))[: len(drawn)]
    names = [f"{i}组" for i in range(len(drawn))]
    return gpd.GeoDataFrame(
        {"code": codes, "name": names, **columns}, geometry=drawn, crs=4490
    ).to_crs(crs)


@pytest.fixture
def plan(cast: SimpleNamespace) -> Plan:
    return new_draft(cast.town)


@pytest.fixture
def send(plan: Plan, cast: SimpleNamespace, tmp_path: Path) -> Send:
    """`send(frame or bytes, field=…)` as the plan's author or `user`."""

    def post(content: gpd.GeoDataFrame | bytes, user: User | None = None, **fields: Any) -> Any:
        if not isinstance(content, bytes):
            path = tmp_path / f"{uuid.uuid4()}.gpkg"
            content.to_file(path, engine="pyogrio")
            content = path.read_bytes()
        client = Client()
        client.cookies["django_language"] = "en"
        client.force_login(user or cast.town)
        plan.refresh_from_db()
        sent = {
            "village": QUANFENG,
            "base_revision": plan.revision,
            "client_op_id": str(uuid.uuid4()),
            "file": SimpleUploadedFile("own.gpkg", content),
            **fields,
        }
        return client.post(f"/api/v1/plans/{plan.pk}/import", sent)

    return post


def drawn(plan: Plan) -> dict[str, shapely.MultiPolygon]:
    bounds = (112.39, 25.59, 112.46, 25.62)
    return {code: cell.shape for code, cell in load(plan, bounds=bounds).cells.items()}


def refusal(answer: Any, status: int = 422) -> Any:
    assert answer.status_code == status, answer.content
    return answer.json()["error"]


def test_a_file_redraws_the_village_and_is_published(
    send: Send, plan: Plan, cast: SimpleNamespace
) -> None:
    """One border moves, a grid is new, one has gone: lineage, codes and areas follow."""
    parts = [rectangle(0, width=1.5), rectangle(1.5, width=0.5), rectangle(2, width=0.5)]
    data = frame(*parts, rectangle(2.5, width=0.5))
    data["code"] = [CODES[0], CODES[1], "", ""]
    answer = send(data)
    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert told["ended"] == [CODES[2]]
    assert [one["code"] for one in told["cleaned"]] == [
        *CODES[:2],
        QUANFENG + "004",
        QUANFENG + "005",
    ]
    for one in told["cleaned"]:
        assert one["after_m2"] == pytest.approx(one["before_m2"], abs=15)
        assert one["moved_m"] <= 0.05
    assert told["file"]["skipped"] == 0
    vetted(plan, cast.town, cast.county)
    publish_plan(plan_id=plan.pk, acting_user=cast.county)
    today = GridVersion.objects.at().filter(grid__level="small", grid__code__startswith=QUANFENG)
    assert set(today.values_list("grid__code", flat=True)) == {
        *CODES[:2],
        QUANFENG + "004",
        QUANFENG + "005",
    }


@pytest.mark.parametrize(
    "shapes",
    [
        pytest.param([rectangle(0, width=0.9995), rectangle(1), rectangle(2)], id="slit"),
        pytest.param([rectangle(0, width=1.0005), rectangle(1), rectangle(2)], id="overlap"),
        pytest.param(
            [rectangle(i).buffer(-3 * DECIMETRE, join_style="mitre") for i in range(3)],
            id="slits all around",
        ),
        pytest.param(
            [affinity.translate(rectangle(i), 3 * DECIMETRE, 3 * DECIMETRE) for i in range(3)],
            id="aside",
        ),
        pytest.param(
            [affinity.rotate(rectangle(i), 0.002, origin=(112.415, 25.605)) for i in range(3)],
            id="turned",
        ),
    ],
)
def test_within_the_tolerance_it_is_fitted(send: Send, plan: Plan, shapes: list[Any]) -> None:
    before = drawn(plan)
    told = send(frame(*shapes), tolerance_m=1).json()
    after = drawn(plan)
    assert set(after) == set(before)
    assert any(one["changed"] for one in told["cleaned"])
    assert 0 < max(one["moved_m"] for one in told["cleaned"]) <= 1
    assert shapely.coverage_is_valid(list(after.values()), gap_width=5e-5)
    outlines = [shapely.coverage_union_all([cells[c] for c in CODES]) for cells in (before, after)]
    assert outlines[0].symmetric_difference(outlines[1]).area < 1e-13
    assert after[LIJIA + "002"].equals_exact(before[LIJIA + "002"])


@pytest.mark.parametrize(
    ("shapes", "code", "words"),
    [
        pytest.param(
            [rectangle(0, width=0.99), rectangle(1), rectangle(2)],
            "left_out",
            "leaves out 11,133.6 m² of the village at 112.4099500, 25.6050000",
            id="slit",
        ),
        pytest.param(
            [rectangle(0, width=1.1), rectangle(1), rectangle(2)],
            "overlap",
            f"Grids {CODES[0]} and {CODES[1]} overlap by 111,335.8 m²",
            id="overlap",
        ),
        pytest.param([rectangle(0), rectangle(1)], "left_out", "leaves out", id="land left out"),
        pytest.param(
            [rectangle(0), rectangle(1), rectangle(2, width=1.01)],
            "moved_too_far",
            f"grid {CODES[2]} would move by 10.05 m, more than the tolerance",
            id="over the outline",
        ),
    ],
)
def test_beyond_the_tolerance_it_is_refused_with_the_place(
    send: Send, plan: Plan, shapes: list[Any], code: str, words: str
) -> None:
    error = refusal(send(frame(*shapes), tolerance_m=1))
    assert error["code"] == "bad_operation"
    assert error["details"]["issues"][0]["code"] == code
    assert error["details"]["issues"][0]["place"]["coordinates"]
    assert words in error["message"]
    plan.refresh_from_db()
    assert plan.revision == 0


def test_a_grid_under_others_does_not_vanish_in_silence(send: Send) -> None:
    tiny = shapely.box(112.405, 25.605, 112.4052, 25.6052)
    data = frame(*[rectangle(i) for i in range(3)], tiny)
    issue = refusal(send(data, tolerance_m=50))["details"]["issues"][0]
    assert issue["code"] == "vanishes"
    assert issue["grids"] == [QUANFENG + "004"]


def test_a_village_without_grids_takes_free_land(
    send: Send, regions: Any, cast: SimpleNamespace
) -> None:
    """It meets its neighbour, which keeps its land, and codes of the file stay."""
    village = QUANFENG[:9] + "202"
    regions[QUANFENG].__class__.objects.create(
        code=village, name="新村", level="village", parent_id=QUANFENG[:9] + "000"
    )
    slit = rectangle(5.00003, width=0.99997)
    data = frame(slit, rectangle(6))
    data["code"] = [village + "007", ""]
    told = send(data, village=village).json()
    assert [one["code"] for one in told["cleaned"]] == [village + "007", village + "001"]
    assert {one["properties"]["code"] for one in told["changed"]} >= {village + "007"}


def test_the_same_id_twice_is_one_operation(send: Send, plan: Plan) -> None:
    data, mine = frame(rectangle(0, width=1.5), rectangle(1.5, width=1.5)), str(uuid.uuid4())
    first = send(data, client_op_id=mine).json()
    again = send(data, client_op_id=mine, base_revision=0).json()
    assert again["operation"] == first["operation"]
    plan.refresh_from_db()
    assert plan.revision == 1


def test_trying_writes_nothing(send: Send, plan: Plan) -> None:
    told = send(frame(rectangle(0, width=1.5), rectangle(1.5, width=1.5)), dry_run="true").json()
    assert told["dry_run"]
    assert len(told["cleaned"]) == 2
    plan.refresh_from_db()
    assert (plan.revision, plan.cells.count()) == (0, 0)


def test_only_who_may_draw_and_only_a_draft(send: Send, plan: Plan, cast: SimpleNamespace) -> None:
    refusal(send(b"x", user=cast.outsider), 404)
    refusal(send(b"x", user=cast.informant), 404)
    elsewhere = frame().drop(columns="code")
    refusal(send(elsewhere, village=QUANFENG[:9] + "299"), 404)
    assert send(frame(rectangle(0, width=1.5), rectangle(1.5, width=1.5))).status_code == 200
    vetted(plan, cast.town, cast.county)
    assert refusal(send(frame()), 409)["code"] == "wrong_state"


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_get_a_plain_answer(send: Send, plan: Plan, name: str) -> None:
    content, expected = HOSTILE[name]
    answer = send(content())
    assert answer.status_code in (413, 422)
    assert expected in answer.json()["error"]["message"]
    plan.refresh_from_db()
    assert plan.revision == 0


def test_coordinate_systems_and_columns(send: Send, tmp_path: Path) -> None:
    metres = frame(crs=4547)
    assert send(metres).status_code == 200
    wrong = metres.set_crs(4490, allow_override=True)
    message = refusal(send(wrong))["message"]
    assert "they are metres" in message
    assert "--crs" not in message
    assert send(wrong, crs="EPSG:4547").status_code == 200
    other = frame().rename(columns={"code": "bh", "name": "mc"})
    assert "lacks the column" in refusal(send(other))["message"]
    assert send(other, code_column="bh", name_column="mc").status_code == 200


def test_a_shapefile_of_an_old_program(send: Send, tmp_path: Path) -> None:
    """Texts in GBK without a word of it, as one grid of a whole town."""
    data = frame(*[rectangle(i) for i in range(4)])
    data["code"] = [*CODES, LIJIA + "001"]
    data["name"] = ["东头组", "西头组", "塘边组", "李家一组"]
    path = tmp_path / "old.shz"
    data.to_file(path, engine="pyogrio", driver="ESRI Shapefile", encoding="GBK")
    answer = send(path.read_bytes(), encoding="gbk")
    assert answer.json()["file"]["skipped"] == 1
    names = {one["properties"]["name"] for one in answer.json()["changed"]}
    assert names == {"东头组", "西头组", "塘边组"}


def test_faults_of_rows_are_told_with_their_row(send: Send) -> None:
    data = frame()
    data["code"] = [CODES[0], CODES[0], "12"]
    error = refusal(send(data))
    assert error["message"].startswith("Feature 2 of the file: ")
    assert [one["row"] for one in error["details"]["problems"]] == [2, 3]
    assert json.dumps(error["details"])
