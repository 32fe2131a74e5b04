"""Accounts, roles and passwords: every change of them goes through here."""

import datetime as dt
import secrets

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gis_grid.accounts.models import Assignment, User
from gis_grid.accounts.policies import Permission, Role
from gis_grid.audit.services import System, record
from gis_grid.core.codes import common_area, is_area_code
from gis_grid.core.errors import InputError, MissingError, StateError

# Without the letters and digits that people mistake for one another.
_PASSWORD_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # noqa: S105
_PASSWORD_LENGTH = 16


def user_named(username: str) -> User:
    """The account, whatever its state; MissingError where there is none."""
    try:
        return User.objects.get(username=User.normalize_username(username))
    except User.DoesNotExist:
        raise MissingError(
            _("There is no account named %(name)s.") % {"name": username}, where="username"
        ) from None


def area_of(user: User) -> str:
    """The smallest area that holds all of the user's present roles; empty where none does."""
    return common_area(a.area_code for a in user.current_assignments)


def require_manager(acting_user: User | System, areas: list[str]) -> None:
    """Pass where `acting_user` manages accounts in every one of `areas`; `System` may."""
    if not isinstance(acting_user, User):
        return
    acting_user.require(Permission.USER_MANAGE)
    for area in areas:
        acting_user.require(Permission.USER_MANAGE, area)


def areas_of(user: User) -> list[str]:
    """Areas of all of the user's roles, past and to come."""
    return list(user.assignments.values_list("area_code", flat=True))


@transaction.atomic
def user_create(
    *,
    acting_user: User | System,
    username: str,
    display_name: str,
    role: str,
    area_code: str,
) -> tuple[User, str]:
    """A new account with one role from today, and the first password, which is to be changed."""
    _check_role(role, area_code)
    require_manager(acting_user, [area_code])
    password = _new_password()
    user = User(
        username=User.normalize_username(username),
        display_name=display_name,
        must_change_password=True,
    )
    user.set_password(password)
    _clean(user)
    user.save()
    Assignment.objects.create(user=user, role=role, area_code=area_code)
    log_of_user(acting_user, "user_created", user, area_code=area_code, role=role)
    return user, password


@transaction.atomic
def role_grant(
    *,
    acting_user: User | System,
    user: User,
    role: str,
    area_code: str,
    starts_on: dt.date | None = None,
    ends_on: dt.date | None = None,
) -> Assignment:
    """One more role in an area for `[starts_on, ends_on)`; StateError where it overlaps itself."""
    _check_role(role, area_code)
    require_manager(acting_user, [area_code])
    # Two grants at once wait for each other here.
    User.objects.select_for_update().get(pk=user.pk)
    granted = Assignment(
        user=user,
        role=role,
        area_code=area_code,
        starts_on=starts_on or timezone.localdate(),
        ends_on=ends_on,
    )
    _clean(granted)
    for held in user.assignments.filter(role=role, area_code=area_code):
        begins_before_end = ends_on is None or held.starts_on < ends_on
        if begins_before_end and (held.ends_on is None or granted.starts_on < held.ends_on):
            raise StateError(
                _("%(user)s already has this role there in this period.") % {"user": user}
            )
    granted.save()
    detail = {"role": role, "from": str(granted.starts_on), "until": str(ends_on or "")}
    log_of_user(acting_user, "role_granted", user, area_code=area_code, **detail)
    return granted


@transaction.atomic
def role_end(
    *, acting_user: User | System, user: User, role: str, area_code: str, on: dt.date | None = None
) -> int:
    """End the role on the day `on` (today): from then it no longer holds. Answers how many did.

    An assignment that had not begun by then never will; the log keeps that it was granted.
    """
    require_manager(acting_user, [area_code])
    day = on or timezone.localdate()
    held = user.assignments.filter(role=role, area_code=area_code).exclude(ends_on__lte=day)
    count = held.count()
    if not count:
        raise MissingError(
            _("%(user)s does not hold this role in %(area)s.") % {"user": user, "area": area_code}
        )
    held.filter(starts_on__gte=day).delete()
    held.filter(starts_on__lt=day).update(ends_on=day)
    log_of_user(acting_user, "role_ended", user, area_code=area_code, role=role, on=str(day))
    return count


@transaction.atomic
def user_disable(*, acting_user: User | System, user: User) -> None:
    """Nobody signs in with this account from now; open sessions and tokens end at once."""
    require_manager(acting_user, areas_of(user))
    if not user.is_active:
        raise StateError(_("The account %(user)s is disabled already.") % {"user": user})
    user.is_active = False
    user.save(update_fields=["is_active"])
    revoked = user.tokens.filter(revoked_at=None).update(revoked_at=timezone.now())
    log_of_user(acting_user, "user_disabled", user, tokens_revoked=revoked)


@transaction.atomic
def password_reset(*, acting_user: User | System, user: User) -> str:
    """A new first password for somebody who forgot the own one; all sessions end."""
    require_manager(acting_user, areas_of(user))
    password = _new_password()
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    log_of_user(acting_user, "password_reset", user)
    return password


@transaction.atomic
def password_change(*, user: User, password: str) -> None:
    """The person's own new password; InputError where it breaks the rules. Other sessions end."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise InputError(" ".join(error.messages), where="password") from error
    user.set_password(password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    log_of_user(user, "password_changed", user)


def _check_role(role: str, area_code: str) -> None:
    if role not in Role.values:
        known = ", ".join(Role.values)
        raise InputError(
            _("There is no role %(role)s. Roles: %(known)s.") % {"role": role, "known": known},
            where="role",
        )
    if not is_area_code(area_code):
        raise InputError(
            _("%(code)s is no area code: it has 12 digits, or 15 for a small grid.")
            % {"code": area_code},
            where="area",
        )


def _clean(instance: User | Assignment) -> None:
    try:
        instance.full_clean()
    except ValidationError as error:
        fields = getattr(error, "error_dict", {})
        raise InputError(" ".join(error.messages), where=next(iter(fields), "")) from error


def _new_password() -> str:
    return "".join(secrets.choice(_PASSWORD_ALPHABET) for _i in range(_PASSWORD_LENGTH))


def log_of_user(
    acting_user: User | System,
    action: str,
    user: User,
    *,
    area_code: str | None = None,
    **detail: object,
) -> None:
    """Tell the log what was done about an account; in its own area where no other is named."""
    record(
        acting_user=acting_user,
        action=action,
        subject_type="user",
        subject_id=user.pk,
        area_code=area_of(user) if area_code is None else area_code,
        detail={"username": user.username, **detail},
    )
