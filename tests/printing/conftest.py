"""What prints are read back by."""

import io
from typing import Any

import pytest
from pypdf import PdfReader

from gis_grid.printing.choice import Choice
from tests.conftest import QUANFENG

PURPOSE = "张贴在村务公开栏"


@pytest.fixture(autouse=True)
def own_media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def choice(area: str = QUANFENG, **more: Any) -> Choice:
    return Choice(**{"area": area, "layers": ("households", "roads", "water"), **more})


def read(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


def text_of(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in read(pdf).pages)


def resources(part: Any) -> list[Any]:
    """The resources of a page and of the drawings that it uses."""
    own = part["/Resources"].get_object()
    found = [own]
    for inner in (own.get("/XObject") or {}).values():
        drawing = inner.get_object()
        if drawing["/Subtype"] == "/Form" and "/Resources" in drawing:
            found += resources(drawing)
    return found


def fonts_of(pdf: bytes) -> list[Any]:
    held = [r.get("/Font") or {} for page in read(pdf).pages for r in resources(page)]
    return [font.get_object() for fonts in held for font in fonts.values()]


def rasters_of(pdf: bytes) -> list[Any]:
    held = [r.get("/XObject") or {} for page in read(pdf).pages for r in resources(page)]
    parts = [one.get_object() for parts in held for one in parts.values()]
    return [part for part in parts if part["/Subtype"] == "/Image"]
