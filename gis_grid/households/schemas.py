"""What the API takes and gives for households and tags."""

import datetime as dt
import uuid
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field

from gis_grid.core.crs import EAST, NORTH, SOUTH, WEST
from gis_grid.core.params import read_bbox
from gis_grid.core.personal import mask_name
from gis_grid.core.texts import Text
from gis_grid.households.filters import HouseholdFilter
from gis_grid.households.models import Household, Visit
from gis_grid.households.selectors import masked_phone
from gis_grid.households.services.registering import LONGEST_WORDS
from gis_grid.households.services.values import FIELDS
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


Place = tuple[
    Annotated[float, Field(ge=WEST, le=EAST)], Annotated[float, Field(ge=SOUTH, le=NORTH)]
]
PLACE = "Longitude and latitude, CGCS2000."


class _Told(Schema):
    phone: Text = Field("", max_length=FIELDS["phone"])
    origin: Literal["resident", "elsewhere"] = "resident"
    note: Text = Field("", max_length=FIELDS["note"])

    def values(self) -> dict[str, Any]:
        """What was named, by its field."""
        named = self.dict(exclude_unset=True)
        return {name: named[name] for name in FIELDS if name in named}


class HouseholdIn(_Told):
    address: Text = Field(min_length=1, max_length=FIELDS["address"])
    head_name: Text = Field(min_length=1, max_length=FIELDS["head_name"])
    place: Place = Field(description=PLACE)
    client_id: uuid.UUID | None = Field(None, description="Sent again, the same household.")


class HouseholdChange(_Told):
    """What is not named stays as it is; so does what comes back masked, as it was shown."""

    revision: int = Field(ge=1, le=2**31 - 1, description="Of the household as it was seen.")
    address: Text = Field("", max_length=FIELDS["address"])
    head_name: Text = Field("", max_length=FIELDS["head_name"])
    place: Place | None = Field(None, description=PLACE)


class VisitIn(Schema):
    text: Text = Field("", max_length=LONGEST_WORDS, description="Empty: somebody was there.")
    at: dt.datetime | None = Field(None, description="By the device's clock; nothing for now.")
    client_id: uuid.UUID | None = Field(None, description="Sent again, the same visit.")


def household_row(household: Household) -> dict[str, Any]:
    """A household after a change, masked as on its card."""
    return {
        "id": household.pk,
        "code": household.code,
        "revision": household.revision,
        "address": household.address,
        "head": mask_name(household.head_name),
        "phone": masked_phone(household),
        "origin": household.origin,
        "note": household.note,
        "people": household.people,
        "place": tuple(household.geom.coords) if household.geom else None,
        "area": household.area_code,
        "visited_on": household.visited_on,
    }


def visit_row(visit: Visit) -> dict[str, Any]:
    return {"id": visit.pk, "at": visit.at, "by": visit.who, "text": visit.text}
