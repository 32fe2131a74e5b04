"""People who sign in, the roles that they hold, and tokens for scripts."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gis_grid.accounts.policies import POLICY, Permission, Role
from gis_grid.accounts.scope import Scope
from gis_grid.core.codes import is_area_code
from gis_grid.core.errors import MissingError, NotAllowedError


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person with a login. What the person may do stands in the assignments."""

    username = models.CharField(
        _("login name"),
        max_length=150,
        unique=True,
        validators=[UnicodeUsernameValidator()],
        error_messages={"unique": _("This login name is taken.")},
    )
    display_name = models.CharField(_("name"), max_length=60, blank=True)
    is_active = models.BooleanField(_("may sign in"), default=True)
    must_change_password = models.BooleanField(default=False)
    # An account of the demo, with the password that everybody knows.
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "username"

    class Meta:
        ordering = ["username"]

    def __str__(self) -> str:
        return self.display_name or self.username

    @cached_property
    def current_assignments(self) -> list[Assignment]:
        """Assignments that hold today; read once for each request."""
        return list(self.assignments.on(timezone.localdate()))

    @cached_property
    def _scopes(self) -> dict[Permission, Scope]:
        return {
            permission: Scope.of_areas(
                a.area_code for a in self.current_assignments if a.role in roles
            )
            for permission, roles in POLICY.items()
        }

    def scope(self, permission: Permission) -> Scope:
        """Areas in which this person holds `permission` today; none when not active."""
        return self._scopes[permission] if self.is_active else Scope()

    def may(self, permission: Permission, area_code: str | None = None) -> bool:
        """True where the permission holds in `area_code`, or anywhere for None."""
        scope = self.scope(permission)
        return bool(scope) if area_code is None else scope.covers(area_code)

    def require(self, permission: Permission, area_code: str | None = None) -> None:
        """Pass, or raise.

        MissingError where the person may not even see the area (404, as if nothing were
        there), NotAllowedError where the person sees it but lacks the permission (403).
        """
        if self.may(permission, area_code):
            return
        if area_code is not None and not self.scope(Permission.MAP_VIEW).covers(area_code):
            raise MissingError
        raise NotAllowedError(
            _("Your role does not include: %(permission)s.")
            % {"permission": Permission(permission).label}
        )


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def on(self, day: dt.date) -> AssignmentQuerySet:
        """Assignments that hold on `day`."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gt=day), starts_on__lte=day)


class Assignment(models.Model):
    """A role in an area for a period `[starts_on, ends_on)`."""

    user = models.ForeignKey(User, models.CASCADE, related_name="assignments")
    role = models.CharField(max_length=20, choices=Role.choices)
    area_code = models.CharField(max_length=15)
    starts_on = models.DateField(default=timezone.localdate)
    ends_on = models.DateField(null=True, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["user", "area_code", "role"]
        constraints = [
            models.CheckConstraint(
                name="assignment_period",
                condition=Q(ends_on=None) | Q(ends_on__gt=models.F("starts_on")),
                violation_error_message=_("The end must be later than the start."),
            ),
            models.CheckConstraint(
                name="assignment_area_code",
                condition=Q(area_code__regex=r"^[1-9][0-9]{11}([0-9]{3})?$"),
                violation_error_message=_("An area code has 12 or 15 digits."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.role} {self.area_code}"

    def clean(self) -> None:
        if not is_area_code(self.area_code):
            raise ValidationError({"area_code": _("An area code has 12 or 15 digits.")})


class ApiToken(models.Model):
    """A bearer token; only its SHA-256 is kept, the token itself is shown once."""

    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    label = models.CharField(max_length=60)
    digest = models.BinaryField(unique=True, max_length=32)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.user} {self.label}"
