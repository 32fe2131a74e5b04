"""Each letter on paper is drawn: none stays blank in the font that is embedded."""

import io

import pytest
from fontTools.cffLib import CFFFontSet
from fontTools.pens.areaPen import AreaPen

from gis_grid.core.paper.canvas import Book
from gis_grid.core.paper.sizes import Paper
from tests.printing.conftest import fonts_of

# The two of GB 2312 and GBK that cairo loses of the font as it is, and letters beside them.
TEXTS = ("如有异议，请向村提出", "烪水村如意户12号", "如", "烪")


def areas(pdf: bytes) -> dict[str, float]:
    """Letter of each embedded CFF font → the area of its outlines."""
    found: dict[str, float] = {}
    for number, font in enumerate(fonts_of(pdf)):
        inner = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
        held = inner["/FontDescriptor"].get_object().get("/FontFile3")
        if held is None:
            continue
        fonts = CFFFontSet()
        fonts.decompile(io.BytesIO(held.get_object().get_data()), None)
        letters = fonts[0].CharStrings
        for name in fonts[0].charset:
            pen = AreaPen(letters)
            letters[name].draw(pen)
            found[f"{number} {name}"] = abs(pen.value)
    return found


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("bold", [False, True])
def test_no_letter_stays_blank(text: str, bold: bool) -> None:
    book = Book(title="", author="")
    with book.page(Paper(210, 297, 1)) as canvas:
        canvas.text(20, 20, text, 12, bold=bold)
    drawn = areas(book.done())
    assert len(drawn) > len(set(text))
    assert [name for name, area in drawn.items() if not area and ".notdef" not in name] == []
