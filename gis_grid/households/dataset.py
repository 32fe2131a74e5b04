"""Households as a dataset: masked as on the screen, tags as far as the person may see them."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.households.filters import HouseholdFilter
from gis_grid.households.models import Household, Tag
from gis_grid.households.selectors import (
    MASKED_HEAD_SQL,
    VISIBLE_MASK_SQL,
    visible_mask_params,
    visible_tags,
)
from gis_grid.territory.datasets import (
    Column,
    Dataset,
    Sight,
    Times,
    area_column,
    name_column,
)

_BEFORE_TAGS = (
    Column("code", "text", "h.code", _("Household code")),
    Column("address", "text", "h.address", _("Address")),
    Column("head", "text", f"({MASKED_HEAD_SQL})", _("Head of household")),
    Column("people", "integer", "h.people", _("People")),
    Column("origin", "text", "h.origin", _("Origin"), words=dict(Household.Origin.choices)),
)
_AFTER_TAGS = (
    Column(
        "grid",
        "text",
        "CASE WHEN h.grid_id IS NOT NULL THEN h.area_code END",
        _("Grid code"),
        plain=True,
    ),
    area_column("village", "h.area_code", 12, _("Village code")),
    Column("registered_on", "date", "h.registered_on", _("Registered on")),
    Column("visited_on", "date", "h.visited_on", _("Visited last on")),
    Column("revision", "integer", "h.revision", _("Revision")),
    name_column("grid_name", "h.area_code", 15, _("Grid")),
    name_column("village_name", "h.area_code", 12, _("Village")),
)


def _sight(user: User) -> Sight:
    where, params = user.scope(Permission.HOUSEHOLD_VIEW).sql("h.area_code")
    tags = visible_tags(user)
    params |= visible_mask_params(user) | {f"slug{tag.bit}": tag.slug for tag in tags}
    shown = Column("tags", "text", _tags_sql(tags), _("Kinds"), plain=True, told=None)
    labelled = Column("tag_names", "text", shown.sql, _("Kinds in words"), told=_labels(tags))
    return Sight(where, (*_BEFORE_TAGS, shown, *_AFTER_TAGS, labelled), params)


def _tags_sql(tags: list[Tag]) -> str:
    """Slugs of the visible tags with commas between; most have none, and cost one look."""
    names = "".join(
        f", CASE WHEN ({VISIBLE_MASK_SQL}) & {tag.mask}::bigint <> 0 THEN %(slug{tag.bit})s END"
        for tag in tags
    )
    some = sum(tag.mask for tag in tags)
    return f"(CASE WHEN h.tag_mask & {some}::bigint = 0 THEN '' ELSE concat_ws(','{names}) END)"


def _labels(tags: list[Tag]) -> Any:
    labels = {tag.slug: tag.label for tag in tags}

    def told(values: Sequence[Any]) -> list[str]:
        return ["、".join(labels[slug] for slug in value.split(",") if slug) for value in values]

    return told


def _narrow(user: User, query: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    """The filter of the map and the table, as its address has it."""
    slugs = tuple(sorted({slug for slug in query.get("tags", "").split(",") if slug}))
    asked = HouseholdFilter(
        tags=slugs,
        mode="all" if query.get("mode") == "all" else "any",
        area=query.get("area") or None,
    )
    return asked.where(user)


DATASET = Dataset(
    name="households",
    title=_("Households"),
    permission=Permission.HOUSEHOLD_VIEW,
    relation="households_household h",
    key="h.id",
    area="h.area_code",
    geometry="h.geom",
    shape="Point",
    sight=_sight,
    times=Times(
        "h.registered_on",
        "h.closed_on",
        "h.registered_on <= %(today)s AND (h.closed_on IS NULL OR h.closed_on > %(today)s)",
        days=True,
    ),
    part="h.area_code",
    narrow=_narrow,
    logged_as="households_listed",
    revision="h.revision",
)
