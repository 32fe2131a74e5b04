"""What the API takes to list regions and grids."""

from typing import Literal

from ninja import Schema
from pydantic import Field

from gis_grid.core.geojson import Page

MOST_A_PAGE = 10_000
BBOX = "West, south, east, north in degrees, with commas between."


class Paging(Schema):
    limit: int | None = Field(
        None, ge=1, le=MOST_A_PAGE, description="Features a page; without it all are streamed."
    )
    cursor: str | None = Field(None, description="From the link to the next page.")

    @property
    def page(self) -> Page:
        return Page(self.limit, self.cursor)


class RegionQuery(Paging):
    level: Literal["province", "city", "county", "town", "village"] | None = None
    parent: str | None = Field(None, description="Code of a region: its direct parts only.")


class GridQuery(Paging):
    level: Literal["large", "small"] | None = None
    parent: str | None = Field(
        None, description="Code of a town or village: all grids inside it, at any depth."
    )
    at: str | None = Field(
        None,
        description=(
            "The past: a date (its end) or a date-time, in Asia/Shanghai where it names no"
            " zone. Without it, and for the future, today."
        ),
    )
    bbox: str | None = Field(None, description=BBOX)
