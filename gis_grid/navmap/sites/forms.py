"""What the pages of cameras and service points ask."""

import datetime as dt
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from gis_grid.core.cleaning import check_phone
from gis_grid.core.crs import EAST, NORTH, SOUTH, WEST
from gis_grid.core.forms import dress
from gis_grid.facilities.models import Camera, RotaRow, ServicePoint
from gis_grid.facilities.services import cameras, points

DAYS = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
_ROTA = re.compile(
    r"\s*([1-7])\s+(\d{1,2}[:：]\d\d)\s*[-–—~至]\s*(\d{1,2}[:：]\d\d)\s+(\S.{0,59})\Z"
)


class SiteForm(forms.Form):
    """What both have: a place by degrees, and the revision that was seen."""

    lon = forms.FloatField(label=_("Longitude"), min_value=WEST, max_value=EAST)
    lat = forms.FloatField(label=_("Latitude"), min_value=SOUTH, max_value=NORTH)
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0, initial=0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)

    @property
    def place(self) -> tuple[float, float]:
        return self.cleaned_data["lon"], self.cleaned_data["lat"]


class CameraForm(SiteForm):
    """A camera of the register."""

    field_order = ("name", "owner", "consent_on", "lon", "lat")
    name = forms.CharField(label=_("Name of the site"), max_length=60)
    owner = forms.ChoiceField(label=_("Whose"), choices=Camera.Owner.choices)
    consent_on = forms.DateField(
        label=_("Home camera: consent given on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    mounting = forms.ChoiceField(label=_("Mounted on"), choices=Camera.Mounting.choices)
    height_m = forms.FloatField(label=_("Height (m)"), min_value=0, max_value=100, initial=5)
    bearing = forms.FloatField(
        label=_("Looks to (degrees from north, clockwise)"),
        min_value=0,
        max_value=360,
        required=False,
    )
    field_of_view = forms.FloatField(
        label=_("Field of view (degrees)"), min_value=1, max_value=360, initial=90
    )
    range_m = forms.FloatField(label=_("Range (m)"), min_value=1, max_value=2000, initial=50)
    device_code = forms.CharField(
        label=_("Device code (GB/T 28181, 20 digits)"), max_length=20, required=False
    )
    filing_no = forms.CharField(label=_("Filing number"), max_length=40, required=False)
    has_sign = forms.BooleanField(label=_("Sign put up"), required=False)
    storage_days = forms.IntegerField(
        label=_("Pictures kept (days)"), min_value=0, max_value=3650, initial=30
    )
    platform = forms.CharField(label=_("Platform"), max_length=60, required=False)

    @classmethod
    def of(cls, camera: Camera) -> "CameraForm":
        """The form as the camera stands."""
        told = {name: getattr(camera, name) for name in cameras.FIELDS}
        return cls(initial=told | _stands(camera))

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in cameras.FIELDS}


class StateForm(forms.Form):
    """A camera's new state, and why."""

    state = forms.ChoiceField(label=_("State"), choices=Camera.State.choices)
    reason = forms.CharField(label=_("Why"), max_length=200, required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, auto_id="state-%s", initial=initial)
        dress(self)


class PointForm(SiteForm):
    """A service point with its rota, a row a line."""

    field_order = ("name", "kind", "lon", "lat")
    name = forms.CharField(label=_("Name of the point"), max_length=60)
    kind = forms.ChoiceField(label=_("What it is"), choices=ServicePoint.Kind.choices)
    address = forms.CharField(label=_("Address"), max_length=200, required=False)
    hours = forms.CharField(label=_("Opening hours"), max_length=120, required=False)
    phone = forms.CharField(
        label=_("Phone of the point"), max_length=20, required=False, validators=[check_phone]
    )
    rota = forms.CharField(
        label=_("Rota: a line each, such as “1 8:30-12:00 name” (1 is Monday)"),
        required=False,
        max_length=8_000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    @classmethod
    def of(cls, point: ServicePoint) -> "PointForm":
        """The form as the point stands."""
        told = {name: getattr(point, name) for name in points.FIELDS}
        lines = "\n".join(_line(row) for row in point.rota.all())
        return cls(initial=told | _stands(point) | {"rota": lines})

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in points.FIELDS}

    def clean_rota(self) -> list[points.Duty]:
        text: str = self.cleaned_data["rota"]
        lines = [line for line in text.splitlines() if line.strip()]
        return [_duty(line) for line in lines]


def _stands(site: Camera | ServicePoint) -> dict[str, Any]:
    place = site.geom.coords if site.geom else (None, None)
    return {"lon": place[0], "lat": place[1], "revision": site.revision}


def _line(row: RotaRow) -> str:
    return f"{row.weekday} {row.starts:%H:%M}-{row.ends:%H:%M} {row.name}"


def _duty(line: str) -> points.Duty:
    found = _ROTA.match(line)
    try:
        if found is None:
            raise ValueError
        starts, ends = (_time(found[part]) for part in (2, 3))
    except ValueError:
        message = _("Not understood: “%(line)s”. Write “1 8:30-12:00 name”.")
        raise ValidationError(message % {"line": line.strip()[:60]}) from None
    return points.Duty(int(found[1]), starts, ends, found[4].strip())


def _time(text: str) -> dt.time:
    hour, minute = text.replace("：", ":").split(":")
    return dt.time(int(hour), int(minute))
