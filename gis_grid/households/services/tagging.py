"""Giving a household a tag, ending it, and making new kinds of tags."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.audit.services import record
from gis_grid.core.errors import InputError, MissingError, NotAllowedError, StateError
from gis_grid.households.models import Household, HouseholdTag, Tag
from gis_grid.households.selectors import the_household, welfare_scope
from gis_grid.households.services.tags import refresh_masks
from gis_grid.territory.services.versions import WELFARE, bump

MOST_KINDS = 50


@transaction.atomic
def add_tag(
    *, acting_user: User, household_id: int, slug: str, starts_on: dt.date, source: str = ""
) -> HouseholdTag:
    """Give the household the tag from `starts_on` on.

    MissingError out of scope, NotAllowedError without the permission, InputError for a tag
    that does not exist or that the person may not see, StateError where it holds already.
    """
    household = _locked(acting_user, household_id)
    tag = Tag.objects.filter(slug=slug).first()
    if tag is None or not _may_see(acting_user, tag, household):
        raise InputError(_("There is no tag %(tag)s.") % {"tag": slug[:40]}, where="tag")
    holds = HouseholdTag.objects.filter(Q(ends_on=None) | Q(ends_on__gt=starts_on))
    if holds.filter(household=household, tag=tag).exists():
        raise StateError(
            _("The household has this tag on that day or later already. End it first.")
        )
    row = HouseholdTag.objects.create(
        household=household, tag=tag, starts_on=starts_on, source=source
    )
    _follow(row)
    _log(acting_user, "tag_added", row, starts_on)
    return row


@transaction.atomic
def end_tag(*, acting_user: User, household_tag_id: int, ends_on: dt.date) -> HouseholdTag:
    """End a tag: `ends_on` is the first day on which it holds no more.

    MissingError out of scope or for a tag that the person may not see, NotAllowedError
    without the permission, StateError where it has ended, InputError for a day before it.
    """
    row = HouseholdTag.objects.select_related("tag").filter(pk=household_tag_id).first()
    if row is None:
        raise MissingError
    household = _locked(acting_user, row.household_id)
    if not _may_see(acting_user, row.tag, household):
        raise MissingError
    row.refresh_from_db()
    if row.ends_on is not None:
        raise StateError(_("The tag has ended on %(day)s already.") % {"day": row.ends_on})
    if ends_on <= row.starts_on:
        raise InputError(
            _("The tag began on %(day)s: it can end on a later day only.") % {"day": row.starts_on},
            where="ends_on",
        )
    row.ends_on = ends_on
    row.save(update_fields=["ends_on"])
    _follow(row)
    _log(acting_user, "tag_ended", row, ends_on)
    return row


def _locked(user: User, household_id: int) -> Household:
    """The household, held until the end of the transaction so that two changes take turns."""
    household = the_household(user, household_id)
    user.require(Permission.TAG_EDIT, household.area_code)
    return Household.objects.select_for_update().get(pk=household.pk)


def _follow(row: HouseholdTag) -> None:
    """Bring mask and revision in line; a tag of another day changes the revision alone."""
    is_shown = refresh_masks([row.household_id]) > 0
    if not is_shown and row.tag.visibility == Tag.Visibility.OPEN:
        Household.objects.filter(pk=row.household_id).update(revision=F("revision") + 1)


def _may_see(user: User, tag: Tag, household: Household) -> bool:
    is_open = tag.visibility == Tag.Visibility.OPEN
    return is_open or welfare_scope(user).covers(household.area_code)


def _log(user: User, action: str, row: HouseholdTag, day: dt.date) -> None:
    record(
        acting_user=user,
        action=action,
        subject_type="household",
        subject_id=row.household_id,
        area_code=row.household.area_code,
        detail={"tag": row.tag.slug, "day": day.isoformat(), "source": row.source},
    )


@transaction.atomic
def create_tag(
    *,
    acting_user: User,
    slug: str,
    name: str,
    colour: str,
    symbol: str,
    visibility: str,
    name_en: str = "",
    category: str = "",
) -> Tag:
    """Make a kind of tag, at the end of the legend.

    NotAllowedError without the permission, InputError (naming the field) for values that
    can't be, StateError when every bit of the mask is taken.
    """
    if not acting_user.may(Permission.TAG_KINDS):
        raise NotAllowedError(_("Only the county makes new kinds of tags."))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('tag kinds'))")
    taken = set(Tag.objects.values_list("bit", flat=True))
    free = [bit for bit in range(MOST_KINDS) if bit not in taken]
    if not free:
        raise StateError(
            _("There are %(count)d kinds of tags, and no more fit.") % {"count": MOST_KINDS}
        )
    tag = Tag(
        slug=slug,
        name=name,
        name_en=name_en,
        category=category,
        colour=colour.lower(),
        symbol=symbol,
        visibility=visibility,
        bit=free[0],
        order=(free[0] + 1) * 10,
    )
    try:
        tag.full_clean()
    except ValidationError as error:
        fields = error.message_dict
        where, messages = next(iter(fields.items()))
        raise InputError(" ".join(messages), where=where, details=fields) from error
    tag.save()
    areas = [
        prefix if len(prefix) == 15 else prefix.ljust(12, "0")
        for prefix in acting_user.scope(Permission.TAG_KINDS).prefixes
    ]
    bump(Household.layer if tag.visibility == Tag.Visibility.OPEN else WELFARE, areas)
    record(
        acting_user=acting_user,
        action="tag_kind_created",
        subject_type="tag",
        subject_id=tag.slug,
        area_code=areas[0],
        detail={"bit": tag.bit, "visibility": tag.visibility},
    )
    return tag
