"""Squads with their members and leaders."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_grid.accounts.acting import ActingUser
from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.core.cleaning import require_clean
from gis_grid.core.errors import InputError
from gis_grid.core.finding import held, require_revision
from gis_grid.core.texts import tidy
from gis_grid.patrols.models import Squad, SquadMember
from gis_grid.patrols.services.common import log
from gis_grid.territory.models import Region

MOST_MEMBERS = 60


@transaction.atomic
def save_squad(
    *,
    acting_user: ActingUser,
    name: str,
    area_code: str,
    members: Sequence[str],
    leader: str,
    squad_id: int | None = None,
    revision: int = 0,
    is_demo: bool = False,
) -> Squad:
    """Make a squad or change one; `members` and `leader` are login names of people of the area.

    Who leaves stays in the squad's past. MissingError out of sight, NotAllowedError without the
    permission, StateError where others changed it, InputError naming what can't be.
    """
    squad = (
        Squad(is_demo=is_demo)
        if squad_id is None
        else held(Squad.objects.visible_to(acting_user), squad_id)
    )
    if squad_id is not None:
        require_revision(squad.revision, revision)
        acting_user.require(Permission.PATROL_EDIT, squad.area_code)
        squad.revision += 1
    squad.name, squad.area_code = tidy(name).strip(), area_code
    if not Region.objects.filter(code=area_code, level__in=("village", "town")).exists():
        raise InputError(_("There is no such town or village."), where="area_code")
    acting_user.require(Permission.PATROL_EDIT, area_code)
    require_clean(squad)
    people = _people({*members, leader}, area_code)
    squad.save()
    _set_members(squad, people, leader)
    log(acting_user, "squad_saved", "squad", squad.pk, squad.area_code)
    return squad


def _people(names: set[str], area_code: str) -> dict[str, User]:
    """Active people of these login names who have a post where the squad walks."""
    if not names - {""} or "" in names:
        raise InputError(_("A squad has a leader."), where="leader")
    if len(names) > MOST_MEMBERS:
        most = {"n": MOST_MEMBERS}
        raise InputError(_("A squad has at most %(n)d members.") % most, where="members")
    found = {user.username: user for user in User.objects.filter(username__in=names)}
    for name in sorted(names):
        person = found.get(name)
        # Whoever is known nowhere and whoever works elsewhere are refused in the same words.
        if person is None or not person.is_active or not _works_at(person, area_code):
            message = _("Nobody signs in as %(login)s there.") % {"login": name[:40]}
            raise InputError(message, where="members")
    return found


def _works_at(person: User, area_code: str) -> bool:
    return any(
        person.scope(permission).touches(area_code)
        for permission in (Permission.PATROL_VIEW, Permission.INCIDENT_WORK)
    )


def _set_members(squad: Squad, people: dict[str, User], leader: str) -> None:
    today = timezone.localdate()
    present = {row.user_id: row for row in squad.members.filter(ends_on=None)}
    wanted = {user.pk: name == leader for name, user in people.items()}
    for pk, row in present.items():
        if wanted.get(pk) != row.is_leader:
            row.ends_on = today
            row.save(update_fields=["ends_on"])
    SquadMember.objects.bulk_create(
        SquadMember(squad=squad, user_id=pk, is_leader=is_leader, starts_on=today)
        for pk, is_leader in wanted.items()
        if pk not in present or present[pk].is_leader != is_leader
    )
