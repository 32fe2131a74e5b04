"""Who is asking."""

import datetime as dt

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from gis_grid.accounts.access import user_of
from gis_grid.accounts.policies import Permission

router = Router(tags=["accounts"])


class RoleOut(Schema):
    role: str
    label: str
    area_code: str
    ends_on: dt.date | None


class MeOut(Schema):
    username: str
    name: str
    roles: list[RoleOut]
    scope: dict[str, list[str]] = Field(
        description="Each permission with the beginnings of the area codes that it holds in."
    )


@router.get("/me", response=MeOut, summary="Your roles and scope")
def me(request: HttpRequest) -> MeOut:
    """What you may do, and where, today."""
    user = user_of(request)
    return MeOut(
        username=user.get_username(),
        name=str(user),
        roles=[
            RoleOut(
                role=one.role,
                label=one.get_role_display(),
                area_code=one.area_code,
                ends_on=one.ends_on,
            )
            for one in user.current_assignments
        ],
        scope={
            permission.value: list(scope.prefixes)
            for permission in Permission
            if (scope := user.scope(permission))
        },
    )
