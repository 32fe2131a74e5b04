"""Who may act in a service: a user, or the operator of the server itself."""

from typing import TYPE_CHECKING, Any, Protocol

from django.utils.translation import gettext_lazy as _

from gis_grid.accounts.policies import Permission
from gis_grid.accounts.scope import Scope

if TYPE_CHECKING:
    from gis_grid.accounts.models import User


class ActingUser(Protocol):
    """What services ask of whoever acts; `User` and `Operator` both answer."""

    @property
    def pk(self) -> Any: ...

    def get_username(self) -> str: ...

    def scope(self, permission: Permission) -> Scope: ...

    def may(self, permission: Permission, area_code: str | None = None) -> bool: ...

    def require(self, permission: Permission, area_code: str | None = None) -> None: ...


class Operator:
    """Whoever runs a command on the server without naming a user: may do everything.

    A person with a shell there could write to the database anyway; what matters is that the
    log says `operator` and not the name of somebody who was not there.
    """

    pk = None

    def get_username(self) -> str:
        return "operator"

    def scope(self, permission: Permission) -> Scope:
        """All areas: the empty prefix starts every code."""
        return Scope(("",))

    def may(self, permission: Permission, area_code: str | None = None) -> bool:
        return True

    def require(self, permission: Permission, area_code: str | None = None) -> None:
        return None


OPERATOR = Operator()

# Who acts without being a person, as others read it.
_NO_PERSON = {"operator": _("Loaded from a file"), "system": _("The clock")}


def shown_as(person: "User | None", name: str) -> str:
    """Who did something, by the name that people know; `name` is what was written down then."""
    return str(person) if person is not None else str(_NO_PERSON.get(name, name))
