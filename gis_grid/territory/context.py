"""What every page shows of the ground: the mark of invented data."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from gis_grid.accounts.models import User
from gis_grid.territory.models import Region


def demo_data(request: HttpRequest) -> dict[str, object]:
    """`shows_demo_data`: whether invented places lie in what this person sees. Asked lazily."""
    return {"shows_demo_data": SimpleLazyObject(lambda: _shows_demo_data(request))}


def _shows_demo_data(request: HttpRequest) -> bool:
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return bool(settings.DEMO)
    # A county above a demo town holds real towns too: it is the demo's frame, not its data.
    levels = [Region.Level.TOWN, Region.Level.VILLAGE]
    return Region.objects.visible_to(user).filter(is_demo=True, level__in=levels).exists()
