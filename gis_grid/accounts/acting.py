"""Who may act in a service: a user, or the operator of the server itself."""

from typing import Any, Protocol

from gis_grid.accounts.policies import Permission
from gis_grid.accounts.scope import Scope


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
