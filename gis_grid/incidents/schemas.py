"""What the API of incidents takes, checked at the edge, and what it answers."""

import datetime as dt
import uuid
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field

from gis_grid.core.crs import EAST, NORTH, SOUTH, WEST
from gis_grid.core.params import read_bbox
from gis_grid.core.texts import Text
from gis_grid.incidents.filters import IncidentFilter, Moment
from gis_grid.incidents.services.reporting import LONGEST_TEXT, Report
from gis_grid.incidents.services.steps import Said

AREA = r"^[1-9]\d{11}(\d{3})?$"
MOST_ROWS = 200


Lon = Annotated[float, Field(ge=WEST, le=EAST, allow_inf_nan=False)]
Lat = Annotated[float, Field(ge=SOUTH, le=NORTH, allow_inf_nan=False)]
Kind = Literal["general", "mediation", "emergency", "approval"]
Joint = Literal["disputes", "requests", "affairs", "safety"]
Slug = Annotated[str, Field(max_length=20, pattern=r"^[-a-zA-Z0-9_]+$")]
OfficeName = Annotated[str, Field(max_length=20, pattern=r"^[a-z_]+$")]
PrimaryKey = Annotated[int, Field(ge=1, le=2**63 - 1)]


class ReportIn(Schema):
    category: Slug
    what: Text = Field(min_length=1, max_length=LONGEST_TEXT)
    channel: Literal["map", "counter", "api", "tablet"] = "api"
    place: tuple[Lon, Lat] | None = Field(None, description="Longitude and latitude, CGCS2000.")
    accuracy_m: float | None = Field(None, ge=0, le=100_000, allow_inf_nan=False)
    area: str = Field("", pattern=r"^([1-9]\d{11}(\d{3})?)?$")
    address: Text = Field("", max_length=200)
    severity: int = Field(2, ge=1, le=4)
    reporter_name: Text = Field("", max_length=60)
    reporter_phone: Text = Field("", max_length=40)
    is_anonymous: bool = False
    complained_of: Text = Field("", max_length=150, description="Login of whoever it is about.")
    households: list[PrimaryKey] = Field([], max_length=50)
    cameras: list[PrimaryKey] = Field([], max_length=50)
    service_points: list[PrimaryKey] = Field([], max_length=50)
    client_id: uuid.UUID | None = Field(None, description="Sent again, the same incident.")

    def told(self) -> Report:
        linked = ("households", "cameras", "service_points")
        return Report(**self.dict() | {name: tuple(getattr(self, name)) for name in linked})


class StepIn(Schema):
    step: Annotated[str, Field(max_length=20, pattern=r"^[a-z_]+$")]
    revision: int = Field(ge=1, le=2**31 - 1, description="Of the incident as it was seen.")
    text: Text = Field("", max_length=LONGEST_TEXT)
    reason: Text = Field("", max_length=500)
    office: Annotated[str, Field(max_length=20)] = ""
    person: Text = Field("", max_length=150, description="Login of the person.")

    def said(self) -> Said:
        return Said(text=self.text, reason=self.reason, office=self.office, person=self.person)


class MergeIn(Schema):
    into: PrimaryKey
    revision: int = Field(ge=1, le=2**31 - 1)


class ConcernIn(Schema):
    person: Text = Field(min_length=1, max_length=150, description="Login of whoever it is about.")
    revision: int = Field(ge=1, le=2**31 - 1)


class RevealIn(Schema):
    field: Literal["name", "phone"]
    reason: Text = Field(max_length=500)


class ReadIn(Schema):
    ids: list[PrimaryKey] | None = Field(None, max_length=1000, description="All without it.")


class FilterQuery(Schema):
    state: list[Annotated[str, Field(max_length=12)]] = Field([], max_length=20)
    category: list[Slug] = Field([], max_length=60, description="Codes; a branch has its leaves.")
    kind: Kind | None = None
    field: Joint | None = None
    area: str | None = Field(None, pattern=AREA)
    office: OfficeName | None = Field(None, description="`none`: not assigned to an office.")
    mine: bool = Field(False, description="Assigned to you.")
    overdue: bool = False
    outside: bool = Field(False, description="Outside of every grid.")
    open: bool = False
    own: bool = Field(False, description="Without what lies just beyond the border.")
    moment: Moment = Field("received", description="What `since` and `until` are about.")
    since: dt.date | None = None
    until: dt.date | None = None
    q: Text = Field("", max_length=100, description="Words, a number, or a whole phone number.")
    bbox: str | None = Field(None, max_length=200)

    def asked(self) -> IncidentFilter:
        plain = self.dict(exclude={"state", "category", "q", "bbox", "before", "limit"})
        return IncidentFilter(
            **plain,
            states=tuple(filter(None, self.state)),
            categories=tuple(self.category),
            search=self.q,
            bbox=read_bbox(self.bbox),
        )


class ListQuery(FilterQuery):
    before: PrimaryKey | None = Field(None, description="The next page: the last id of this one.")
    limit: int = Field(50, ge=1, le=MOST_ROWS)


class PeriodQuery(Schema):
    since: dt.date = Field(ge=dt.date(2000, 1, 1), le=dt.date(2199, 12, 30))
    until: dt.date = Field(ge=dt.date(2000, 1, 1), le=dt.date(2199, 12, 30))


class CountQuery(Schema):
    area: list[Annotated[str, Field(pattern=AREA)]] = Field(min_length=1, max_length=2000)


class NearQuery(Schema):
    category: Slug
    lon: Lon
    lat: Lat


class CategoryIn(Schema):
    code: Slug
    parent: Slug | None = None
    name: Text = Field(min_length=1, max_length=40)
    name_en: Text = Field("", max_length=80)
    kind: Kind
    field: Joint
    office: Annotated[str, Field(max_length=20)]
    order: int = Field(100, ge=0, le=32_000)
    source: Text = Field(min_length=1, max_length=100)
    starts_on: dt.date
    ends_on: dt.date | None = None


class DeadlineIn(Schema):
    category: Slug | None = None
    kind: Kind | None = None
    state: Annotated[str, Field(max_length=12)] = Field("", description="Empty: the whole case.")
    working_days: int | None = Field(None, ge=0, le=1000)
    minutes: int | None = Field(None, ge=1, le=1_000_000)
    since: dt.date
    source: Text = Field(min_length=1, max_length=100)


class CategoryOut(Schema):
    code: str
    parent: str | None
    name: str
    label: str
    kind: str
    field: str
    office: str
    source: str
    starts_on: dt.date
    ends_on: dt.date | None

    @staticmethod
    def resolve_parent(category: Any) -> str | None:
        return category.parent.code if category.parent else None


class IncidentOut(Schema):
    """A row of the list."""

    id: int
    register_no: str
    category: str
    category_label: str
    kind: str
    field: str
    severity: int
    what: str
    address: str
    place: tuple[float, float] | None
    accuracy_m: float | None
    area: str
    area_then: str
    is_outside: bool
    state: str
    state_label: str
    channel: str
    office: str
    person: str | None
    reported_at: dt.datetime
    step_due_at: dt.datetime | None
    due_at: dt.datetime | None
    due_is_certain: bool
    paused_at: dt.datetime | None
    answered_at: dt.datetime | None
    closed_at: dt.datetime | None
    urged: int
    revision: int


class PageOut(Schema):
    incidents: list[IncidentOut]
    next: int | None = Field(description="`before` of the next page.")


class UploadIn(Schema):
    name: Text = Field(max_length=255)
    size: int = Field(ge=1, le=2**31 - 1, description="Bytes of the whole file.")
