"""What the map keeps for its own speed; all of it can be thrown away and is made again."""

from django.db import models


class AreaCount(models.Model):
    """Households and people of an area (grid, village, town) on the day of its `CountedTown`.

    Kept by `navmap.tiles.counts`; read only for areas that lie wholly in a user's scope.
    """

    code = models.CharField(max_length=15, primary_key=True)
    town_prefix = models.CharField(max_length=9, db_index=True)
    households = models.IntegerField()
    people = models.IntegerField()

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.households}"


class CountedTown(models.Model):
    """Which data version of `households` a town's counts show, and for which day."""

    town_prefix = models.CharField(max_length=9, primary_key=True)
    version = models.BigIntegerField()
    day = models.DateField()

    class Meta:
        ordering = ["town_prefix"]

    def __str__(self) -> str:
        return f"{self.town_prefix} {self.version} {self.day}"
