"""Prints read back: their size, their text, their fonts, and that nothing is a raster."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from gis_grid.core.paper.sizes import SIZES_MM, paper_of
from gis_grid.households.models import Household
from gis_grid.printing.making import make
from gis_grid.territory.models import Region
from tests.conftest import JINPING, LIJIA, QUANFENG
from tests.printing.conftest import choice, fonts_of, rasters_of, read, text_of

A = QUANFENG + "001"
MM_A_POINT = 25.4 / 72


@pytest.fixture
def village(household: Callable[..., Household]) -> list[Household]:
    made = [household(A) for _ in range(12)]
    return [*made, household(A, tags=("party_member",)), household(QUANFENG + "002")]


@pytest.mark.parametrize("size", SIZES_MM)
@pytest.mark.parametrize("orientation", ["landscape", "portrait"])
def test_sizes_and_orientations(
    village: object, cast: SimpleNamespace, size: str, orientation: str
) -> None:
    pdf = make(cast.leader, choice(size=size, orientation=orientation)).pdf
    wanted = paper_of(size, "landscape" if orientation == "landscape" else "portrait")
    for page in read(pdf).pages:
        assert float(page.mediabox.width) * MM_A_POINT == pytest.approx(wanted.width, abs=0.5)
        assert float(page.mediabox.height) * MM_A_POINT == pytest.approx(wanted.height, abs=0.5)
    assert rasters_of(pdf) == []
    assert "泉凤村网格图" in text_of(pdf)


def test_text_is_text_in_subsets_of_embedded_fonts(village: object, cast: SimpleNamespace) -> None:
    fonts = fonts_of(make(cast.leader, choice()).pdf)
    assert fonts
    for font in fonts:
        assert "+" in font["/BaseFont"], "a subset has six letters and a plus before its name"
        assert "/ToUnicode" in font
        inner = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
        assert {"/FontFile2", "/FontFile3"} & inner["/FontDescriptor"].get_object().keys()


def test_a_village_says_all_that_it_has_to(village: list[Household], cast: SimpleNamespace) -> None:
    text = text_of(make(cast.town, choice(tags=("party_member",))).pdf)
    for words in (
        "嘉禾县",
        "晋屏镇",
        "网格001",
        "图例",
        "村界",
        "党员户（1）",
        "其他住户（13）",
        "网格与责任人",
        "住户索引",
        "在晋屏镇的位置",
        "李家村",
        "1 : ",
        "界线截至",
        "town 于",
        "李*德",
        "14户",
    ):
        assert words in text.replace(" ", "") or words in text, words
    assert "低保户" not in text
    assert "摄像头" not in text


def test_a_town_and_a_grid(village: object, cast: SimpleNamespace) -> None:
    town = text_of(make(cast.town, choice(JINPING)).pdf)
    assert "晋屏镇网格图" in town
    assert "李家村" in town
    assert "住户索引" not in town
    grid = text_of(make(cast.town, choice(A)).pdf)
    assert "泉凤村 网格001网格图" in grid
    assert "网格003" not in grid.split("网格与责任人")[1]


def test_the_demo_says_so_on_every_page(village: object, cast: SimpleNamespace) -> None:
    Region.objects.filter(code__in=(JINPING, QUANFENG)).update(is_demo=True)
    pdf = make(cast.town, choice(size="A4", form="atlas")).pdf
    assert all("演示数据" in page.extract_text() for page in read(pdf).pages)
    Region.objects.update(is_demo=False)
    assert "演示数据" not in text_of(make(cast.town, choice()).pdf)


def test_an_atlas_has_a_plate_for_each_grid(village: object, cast: SimpleNamespace) -> None:
    told: list[tuple[int, int]] = []
    made = make(cast.town, choice(JINPING, form="atlas"), lambda *step: told.append(step))
    pages = [page.extract_text() for page in read(made.pdf).pages]
    assert len(pages) == made.pages == 6
    assert told == [(number, 5) for number in range(1, 6)]
    assert "网格图册" in pages[0]
    assert all(f"第{number}幅" in pages[number] for number in range(1, 6))
    assert "李家村" in pages[4]
    links = [a.get_object() for a in read(made.pdf).pages[0]["/Annots"]]
    assert len(links) == 5


def test_tiles_carry_the_whole_sheet_as_vectors(village: object, cast: SimpleNamespace) -> None:
    made = make(cast.leader, choice(size="A2", form="tiled", tile="A4"))
    assert made.pages >= 4
    assert rasters_of(made.pdf) == []
    assert "+" in fonts_of(made.pdf)[0]["/BaseFont"]
    pages = [page.extract_text() for page in read(made.pdf).pages]
    whole = "".join(pages)
    # Each word stands on the sheets on which it lies, and on no others.
    for words in ("泉凤村网格图", "住户索引", "网格003", "界线截至"):
        assert words in whole
    assert "住户索引" not in pages[0]
    assert "第 1-1-1 张" in pages[0]


def test_households_that_are_not_in_the_area_stay_away(
    village: object, household: Callable[..., Household], cast: SimpleNamespace
) -> None:
    household(LIJIA + "001", address="远处99号")
    assert "99号" in text_of(make(cast.town, choice(LIJIA)).pdf)
    assert "99号" not in text_of(make(cast.town, choice(A)).pdf)
