"""The accounts of the demo: one a role in Jinping, and one in another town."""

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from gis_grid.accounts.models import Assignment, User
from gis_grid.accounts.policies import Role
from gis_grid.audit.services import SYSTEM, record
from gis_grid.core.errors import StateError

# Published in the README; `may_sign_in` refuses these accounts where DEMO is off.
DEMO_PASSWORD = "demo-jinping-2026"  # noqa: S105
COUNTY, TOWN, VILLAGE = "431024000000", "431024111000", "431024111001"


@dataclass(frozen=True)
class DemoLogin:
    username: str
    display_name: str
    role: Role
    area_code: str


DEMO_LOGINS = (
    DemoLogin("county", "县网格办（演示）", Role.COUNTY, COUNTY),
    DemoLogin("town", "镇领导（演示）", Role.TOWN_LEADER, TOWN),
    DemoLogin("office", "综治办（演示）", Role.OFFICE, TOWN),
    DemoLogin("civil", "民政办（演示）", Role.CIVIL, TOWN),
    DemoLogin("police", "派出所（演示）", Role.POLICE, TOWN),
    DemoLogin("leader", "网格长（演示）", Role.GRID_LEADER, VILLAGE),
    DemoLogin("worker", "网格员（演示）", Role.GRID_WORKER, VILLAGE),
    DemoLogin("informant", "网格信息员（演示）", Role.INFORMANT, VILLAGE + "001"),
    DemoLogin("surveyor", "外业测绘员（演示）", Role.SURVEYOR, TOWN),
    DemoLogin("auditor", "审计员（演示）", Role.AUDITOR, TOWN),
)


def outsider(area_code: str) -> DemoLogin:
    """A grid worker of another town, who must see nothing of Jinping."""
    return DemoLogin("outsider", "外镇网格员（演示）", Role.GRID_WORKER, area_code)


@transaction.atomic
def ensure_demo_users(outsider_area: str) -> list[User]:
    """Make the demo accounts that are missing; `outsider_area` lies outside Jinping.

    Answers those that were made. StateError with DEMO off, or where a real account has the
    name of a demo one.
    """
    if not settings.DEMO:
        raise StateError(_("Demo accounts are made only where DEMO=1 is set."))
    logins = [*DEMO_LOGINS, outsider(outsider_area)]
    names = [login.username for login in logins]
    present = {user.username: user for user in User.objects.filter(username__in=names)}
    for user in present.values():
        if not user.is_demo:
            raise StateError(
                _("The account %(name)s is real; the demo needs this name for its own.")
                % {"name": user.username}
            )
    made = [_make(login) for login in logins if login.username not in present]
    if made:
        record(
            acting_user=SYSTEM,
            action="demo_users_created",
            subject_type="user",
            subject_id="",
            area_code=COUNTY,
            detail={"usernames": [user.username for user in made]},
        )
    return made


def _make(login: DemoLogin) -> User:
    user = User.objects.create_user(
        login.username, DEMO_PASSWORD, display_name=login.display_name, is_demo=True
    )
    Assignment.objects.create(user=user, role=login.role, area_code=login.area_code)
    return user
