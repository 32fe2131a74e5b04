"""What the API takes of cameras and service points, and what it shows."""

import datetime as dt
import uuid
from typing import Any, Literal

from ninja import Field, Schema

from gis_grid.core.crs import EAST, NORTH, SOUTH, WEST
from gis_grid.core.texts import Text
from gis_grid.facilities.models import Camera, CameraCheck, ServicePoint
from gis_grid.facilities.norms import shortfalls
from gis_grid.facilities.selectors import VillageWatch
from gis_grid.facilities.services import cameras, points

Lon, Lat = Field(ge=WEST, le=EAST), Field(ge=SOUTH, le=NORTH)


class SiteIn(Schema):
    """What both are entered with; `area` is the village where no grid holds the place."""

    lon: float = Lon
    lat: float = Lat
    area: Text = Field(default="", max_length=15)
    revision: int = Field(default=0, ge=0)

    def _told(self, fields: tuple[str, ...]) -> dict[str, Any]:
        values = {name: getattr(self, name) for name in fields}
        return {"values": values, "place": (self.lon, self.lat), "area": self.area}


class CameraIn(SiteIn):
    """A camera as it is entered."""

    name: Text = Field(min_length=1, max_length=60)
    owner: Literal["public", "home"] = "public"
    consent_on: dt.date | None = None
    mounting: Literal["pole", "wall", "roof", "tower"] = "pole"
    height_m: float = Field(ge=0, le=100)
    bearing: float | None = Field(default=None, ge=0, le=360)
    field_of_view: float = Field(ge=1, le=360)
    range_m: float = Field(ge=1, le=2000)
    device_code: Text = Field(default="", max_length=20)
    filing_no: Text = Field(default="", max_length=40)
    has_sign: bool = False
    storage_days: int = Field(default=30, ge=0, le=3650)
    platform: Text = Field(default="", max_length=60)

    def told(self) -> dict[str, Any]:
        return self._told(cameras.FIELDS)


class StateIn(Schema):
    """A camera's new state."""

    state: Text = Field(max_length=7)
    reason: Text = Field(default="", max_length=200)
    revision: int = Field(ge=0)


class CheckIn(Schema):
    """What was found at a camera's site."""

    state: Text = Field(max_length=7)
    note: Text = Field(default="", max_length=cameras.LONGEST_NOTE)
    at: dt.datetime | None = Field(None, description="By the device's clock; nothing for now.")
    client_id: uuid.UUID | None = Field(None, description="Sent again, the same check.")


class DutyIn(Schema):
    """A row of a rota."""

    weekday: int = Field(ge=1, le=7)
    starts: dt.time
    ends: dt.time
    name: Text = Field(min_length=1, max_length=60)


class PointIn(SiteIn):
    """A service point as it is entered; without `rota` that stays as it is."""

    kind: Literal["desk", "police", "legal", "mediation", "health", "board", "shelter", "fire"]
    name: Text = Field(min_length=1, max_length=60)
    address: Text = Field(default="", max_length=200)
    hours: Text = Field(default="", max_length=120)
    phone: Text = Field(default="", max_length=20)
    rota: list[DutyIn] | None = Field(default=None, max_length=points.MOST_ROTA)

    def told(self) -> dict[str, Any]:
        rota = self.rota
        duties = None if rota is None else [points.Duty(**row.dict()) for row in rota]
        return self._told(points.FIELDS) | {"rota": duties}


class RevisionIn(Schema):
    """Which state of it the person saw."""

    revision: int = Field(ge=0)


class NearQuery(Schema):
    """A place, and how many points near it."""

    lon: float = Lon
    lat: float = Lat
    count: int = Field(default=3, ge=1, le=20)
    kind: Text = Field(default="", max_length=9)


def camera_row(camera: Camera, day: dt.date) -> dict[str, Any]:
    """A camera for those who may see its place."""
    return {name: getattr(camera, name) for name in ("id", *cameras.FIELDS)} | {
        "place": tuple(camera.geom.coords) if camera.geom else None,
        "area": camera.area_code,
        "state": camera.state,
        "state_label": camera.get_state_display(),
        "checked_on": camera.checked_on,
        "lacks": shortfalls(camera, day),
        "revision": camera.revision,
    }


def check_row(check: CameraCheck) -> dict[str, Any]:
    return {
        "id": check.pk,
        "at": check.at,
        "by": check.who,
        "state": check.state,
        "note": check.note,
    }


def point_row(point: ServicePoint) -> dict[str, Any]:
    return {name: getattr(point, name) for name in ("id", *points.FIELDS)} | {
        "kind_label": point.get_kind_display(),
        "place": tuple(point.geom.coords) if point.geom else None,
        "area": point.area_code,
        "ended_on": point.ended_on,
        "revision": point.revision,
    }


def watch_row(found: VillageWatch) -> dict[str, Any]:
    """Coverage of a village, its gaps as GeoJSON lines."""
    return {
        "area": found.code,
        "name": found.name,
        "road_m": round(found.road_m, 1),
        "seen_m": round(found.seen_m, 1),
        "percent": None if found.percent is None else round(found.percent, 1),
        "junctions": found.junctions,
        "unseen_junctions": found.unseen,
        "gaps": [
            {
                "metres": round(gap.metres, 1),
                "middle": (gap.lon, gap.lat),
                "line": {
                    "type": "LineString",
                    "coordinates": [(round(x, 7), round(y, 7)) for x, y in gap.line.coords],
                },
            }
            for gap in found.gaps
        ],
    }
