"""What is to be printed, as a person chose it; and whether that person may have it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.core.codes import AreaLevel, level_of, prefix_of
from gis_grid.core.errors import InputError, MissingError
from gis_grid.core.paper.sizes import SIZES_MM, Orientation
from gis_grid.core.words import LEAST_LENGTH, reason_of
from gis_grid.households.models import Tag
from gis_grid.households.selectors import visible_tags
from gis_grid.territory.selectors import require_area

Form = Literal["sheet", "tiled", "atlas"]
FORMS = {
    "sheet": gettext_lazy("One sheet"),
    "tiled": gettext_lazy("Small sheets to be glued together"),
    "atlas": gettext_lazy("Atlas: a page for each grid"),
}
TILES = ("A4", "A3")
# What each layer needs; in the order of the page.
LAYERS = {
    "households": Permission.HOUSEHOLD_VIEW,
    "incidents": Permission.INCIDENT_VIEW,
    "cameras": Permission.CAMERA_VIEW,
    "service_points": Permission.MAP_VIEW,
    "patrols": Permission.PATROL_VIEW,
    "roads": Permission.MAP_VIEW,
    "water": Permission.MAP_VIEW,
}
LABELS = {
    "households": gettext_lazy("Households"),
    "incidents": gettext_lazy("Open incidents"),
    "cameras": gettext_lazy("Cameras"),
    "service_points": gettext_lazy("Service points"),
    "patrols": gettext_lazy("Patrol routes"),
    "roads": gettext_lazy("Roads"),
    "water": gettext_lazy("Water"),
}
# What is chosen where nobody chooses.
USUAL = ("households", "service_points", "roads", "water")
_PRINTED = (AreaLevel.TOWN, AreaLevel.VILLAGE, AreaLevel.GRID)


@dataclass(frozen=True)
class Choice:
    """`tags` are slugs; `in_full`: names and phones of households are not masked."""

    area: str
    size: str = "A3"
    orientation: Orientation = "landscape"
    form: Form = "sheet"
    tile: str = "A4"
    layers: tuple[str, ...] = USUAL
    tags: tuple[str, ...] = ()
    in_full: bool = False
    purpose: str = ""

    @classmethod
    def read(cls, data: Any) -> "Choice":
        """What a form sent (a QueryDict); InputError for what can't be chosen."""
        return cls(
            area=data.get("area", ""),
            size=_one_of(data, "size", tuple(SIZES_MM), "A3"),
            orientation=_orientation(data),
            form=_form(data),
            tile=_one_of(data, "tile", TILES, "A4"),
            layers=_known(data.getlist("layers")),
            tags=tuple(dict.fromkeys(data.getlist("tags")))[:50],
            in_full=data.get("in_full") == "1",
            purpose=data.get("purpose", ""),
        )

    @classmethod
    def kept(cls, stored: Mapping[str, Any]) -> "Choice":
        """The choice of a job, as `as_json` wrote it."""
        lists = {name: tuple(stored[name]) for name in ("layers", "tags")}
        return cls(**{**stored, **lists})

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def is_large(self) -> bool:
        """Whether it takes so long that it is made as a job."""
        return self.form != "sheet" or self.size in ("A0", "A1")


def _one_of(data: Any, name: str, words: tuple[str, ...], usual: str) -> str:
    text = data.get(name) or usual
    if text not in words:
        raise InputError(
            _("%(word)s can't be chosen here. Take one of: %(words)s.")
            % {"word": str(text)[:20], "words": ", ".join(words)},
            where=name,
        )
    return str(text)


def _orientation(data: Any) -> Orientation:
    text = _one_of(data, "orientation", ("landscape", "portrait"), "landscape")
    return "portrait" if text == "portrait" else "landscape"


def _form(data: Any) -> Form:
    text = _one_of(data, "form", tuple(FORMS), "sheet")
    return "atlas" if text == "atlas" else "tiled" if text == "tiled" else "sheet"


def _known(layers: list[str]) -> tuple[str, ...]:
    for layer in layers:
        if layer not in LAYERS:
            _one_of({"layers": layer}, "layers", tuple(LAYERS), "")
    return tuple(name for name in LAYERS if name in layers)


def allowed(user: User, choice: Choice) -> Choice:
    """The choice as it will be printed, its purpose tidied.

    MissingError for an area that is not wholly in sight, NotAllowedError for a layer or names in
    full without the right, InputError without a purpose where one is needed.
    """
    require_area(user, choice.area, where="area")
    if not user.scope(Permission.MAP_VIEW).covers(prefix_of(choice.area)):
        raise MissingError
    if level_of(choice.area) not in _PRINTED:
        raise InputError(_("Choose a town, a village or a grid."), where="area")
    if choice.form == "atlas" and level_of(choice.area) is AreaLevel.GRID:
        raise InputError(_("An atlas is of a town or a village."), where="form")
    for layer in choice.layers:
        user.require(LAYERS[layer], choice.area)
    tags = _chosen_tags(user, choice)
    if choice.in_full:
        user.require(Permission.PERSONAL_REVEAL, choice.area)
        # So many at once is a list that is taken out.
        user.require(Permission.EXPORT, choice.area)
    needs_purpose = choice.in_full or any(t.visibility == Tag.Visibility.WELFARE for t in tags)
    said = reason_of(choice.purpose)
    if needs_purpose and said is None:
        raise InputError(
            _("Say in at least %(count)d characters what the print is for: it is logged.")
            % {"count": LEAST_LENGTH},
            where="purpose",
        )
    return Choice(**{**choice.as_json(), "purpose": said or ""})


def _chosen_tags(user: User, choice: Choice) -> list[Tag]:
    """InputError alike for a tag that does not exist and one that the person may not see there."""
    if not choice.tags:
        return []
    user.require(Permission.HOUSEHOLD_VIEW, choice.area)
    sees_welfare = user.may(Permission.WELFARE_VIEW, choice.area)
    known = {
        tag.slug: tag
        for tag in visible_tags(user)
        if sees_welfare or tag.visibility == Tag.Visibility.OPEN
    }
    for slug in choice.tags:
        if slug not in known:
            raise InputError(
                _("There is no tag %(tag)s. Take one of: %(known)s.")
                % {"tag": slug[:40], "known": ", ".join(known)},
                where="tags",
            )
    return [known[slug] for slug in choice.tags]
