"""Files into a draft: kinds, systems and columns that are read, and those that mean harm."""

import json
from pathlib import Path

import pytest

from gis_grid.territory.models import Plan
from tests.conftest import LIJIA, rectangle
from tests.exchange.drafts import CODES, Send, frame, refusal
from tests.exchange.test_hostile_maps import HOSTILE

pytestmark = pytest.mark.usefixtures("ground")


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
