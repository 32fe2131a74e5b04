"""What the API takes and gives for households and tags."""

from typing import Literal

from ninja import Schema
from pydantic import Field

from gis_grid.core.params import read_bbox
from gis_grid.households.filters import HouseholdFilter
from gis_grid.territory.schemas import BBOX, Paging


class HouseholdQuery(Paging):
    grid: str | None = Field(None, description="Code of a grid or region: what lies inside it.")
    tag: list[str] = Field(
        [], description="Slugs of tags, repeated or with commas between; see /tags."
    )
    mode: Literal["any", "all"] = Field("any", description="Any of the tags, or all of them.")
    bbox: str | None = Field(None, description=BBOX)

    @property
    def filter(self) -> HouseholdFilter:
        slugs = {slug for text in self.tag for slug in text.split(",") if slug}
        return HouseholdFilter(
            tags=tuple(sorted(slugs)), mode=self.mode, area=self.grid, bbox=read_bbox(self.bbox)
        )


class TagOut(Schema):
    slug: str
    label: str = Field(description="The name in the language that was asked for.")
    category: str
    colour: str
    symbol: str
    visibility: str
    bit: int = Field(description="Bit of the tag in `mask` of the vector tiles.")
