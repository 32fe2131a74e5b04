"""Who walks: squads, their members and leaders."""

from __future__ import annotations

import datetime as dt

from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gis_grid.accounts.acting import ActingUser
from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission


def own_or_seen(user: ActingUser, permission: Permission, *, area: str, squad: str) -> Q:
    """What lies in the scope, by the field `area`, and what is of one's squads, by `squad`."""
    seen = user.scope(permission).q(area)
    if user.pk is None:
        return seen
    own = SquadMember.objects.filter(user_id=user.pk, ends_on=None).values("squad")
    return seen | Q(**{f"{squad}__in": own})


class SquadQuerySet(models.QuerySet["Squad"]):
    def visible_to(
        self, user: ActingUser, permission: Permission = Permission.PATROL_VIEW
    ) -> SquadQuerySet:
        """Squads of the scope, and those that the person walks with."""
        return self.filter(own_or_seen(user, permission, area="area_code", squad="pk"))


class Squad(models.Model):
    """People who patrol together in a village or town."""

    name = models.CharField(_("name"), max_length=60)
    area_code = models.CharField(max_length=12)
    ended_on = models.DateField(null=True, blank=True)
    is_demo = models.BooleanField(default=False)
    revision = models.PositiveIntegerField(default=1)

    objects = SquadQuerySet.as_manager()

    class Meta:
        ordering = ["area_code", "pk"]
        indexes = [
            models.Index(OpClass(F("area_code"), "text_pattern_ops"), F("id"), name="squad_area")
        ]

    def __str__(self) -> str:
        return self.name

    def led_by(self, user: ActingUser, day: dt.date) -> bool:
        """Whether the person leads the squad on the day."""
        if user.pk is None:
            return False
        return self.members.on(day).filter(user_id=user.pk, is_leader=True).exists()

    def has(self, user: ActingUser, day: dt.date) -> bool:
        """Whether the person walks with the squad on the day."""
        return user.pk is not None and self.members.on(day).filter(user_id=user.pk).exists()


class SquadMemberQuerySet(models.QuerySet["SquadMember"]):
    def on(self, day: dt.date) -> SquadMemberQuerySet:
        """Who belongs to it on the day."""
        return self.filter(starts_on__lte=day).filter(Q(ends_on=None) | Q(ends_on__gt=day))


class SquadMember(models.Model):
    """A person in a squad; `ends_on` is the first day without."""

    squad = models.ForeignKey(Squad, models.PROTECT, related_name="members")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    is_leader = models.BooleanField(default=False)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = SquadMemberQuerySet.as_manager()

    class Meta:
        ordering = ["-is_leader", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["squad", "user"], name="squad_member_once", condition=Q(ends_on=None)
            )
        ]

    def __str__(self) -> str:
        return f"{self.squad_id} {self.user}"
