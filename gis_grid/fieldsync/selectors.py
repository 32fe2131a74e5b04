"""Whose tablets a person looks after."""

import datetime as dt

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gis_grid.accounts.models import Assignment, User
from gis_grid.accounts.policies import Permission
from gis_grid.fieldsync.models import Device


class DeviceState(models.TextChoices):
    ACTIVE = "active", _("in use")
    ENDED = "ended", _("not signed in")
    REVOKED = "revoked", _("revoked")


def state_of(device: Device, now: dt.datetime) -> DeviceState:
    """What the tablet would be told now."""
    if device.revoked_at is not None:
        return DeviceState.REVOKED
    return DeviceState.ENDED if device.expires_at <= now else DeviceState.ACTIVE


def people_of(manager: User, permission: Permission = Permission.DEVICE_MANAGE) -> QuerySet[User]:
    """People all of whose areas lie in the manager's: none of a role elsewhere, now or to come.

    Who has no role any more belongs to where the last ones were: a tablet may still be out.
    """
    scope = manager.scope(permission)
    theirs = Assignment.objects.filter(user=OuterRef("pk"))
    ended = Q(ends_on__lte=timezone.localdate())
    elsewhere = theirs.exclude(ended).exclude(scope.q("area_code"))
    return User.objects.filter(Exists(theirs.filter(scope.q("area_code")))).exclude(
        Exists(elsewhere)
    )


def devices_of(manager: User) -> QuerySet[Device]:
    """Their tablets, with the people."""
    return Device.objects.filter(user__in=people_of(manager)).select_related("user", "revoked_by")
