"""Photos, files and sound of a household and of the visits to it."""

from django.db import transaction

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.core.attachments.files import Shelf
from gis_grid.core.attachments.hanging import hang, sent_before
from gis_grid.core.errors import MissingError
from gis_grid.core.finding import held
from gis_grid.households.models import Household, HouseholdFile
from gis_grid.households.selectors import the_household
from gis_grid.households.services.registering import log

SHELF = Shelf("households")
MOST_FILES = 100


def attach_to_household(
    *, acting_user: User, household_id: int, name: str, content: bytes, visit_id: int | None = None
) -> HouseholdFile:
    """Add a file, of a visit where one is named; the very same file again is the one there.

    MissingError out of scope or for a visit elsewhere, NotAllowedError without the permission,
    InputError or TooLargeError for what is not taken.
    """
    household = the_household(acting_user, household_id)
    acting_user.require(Permission.HOUSEHOLD_EDIT, household.area_code)
    if visit_id is not None and not household.visits.filter(pk=visit_id).exists():
        raise MissingError(where="visit")
    known = sent_before(household.files, content)
    if known is not None:
        return known
    kept = SHELF.keep(content)
    with transaction.atomic():
        household = held(Household.objects.visible_to(acting_user), household_id)
        acting_user.require(Permission.HOUSEHOLD_EDIT, household.area_code)
        row, is_new = hang(
            household.files,
            kept,
            name=name,
            by=acting_user.pk,
            most=MOST_FILES,
            visit_id=visit_id,
        )
        if is_new:
            log(household, acting_user, "household_file_added")
    return row


def open_household_file(
    *, acting_user: User, household_id: int, file_id: int, thumb: bool = False
) -> tuple[HouseholdFile, bytes]:
    """The file or its small picture, for whoever sees the household; the whole one is logged."""
    household = the_household(acting_user, household_id)
    row = household.files.filter(pk=file_id).first()
    if row is None or (thumb and not row.thumb_digest):
        raise MissingError
    content = SHELF.read(row.thumb_digest if thumb else row.digest)
    if not thumb:
        log(household, acting_user, "household_file_read")
    return row, content
