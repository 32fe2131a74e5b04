"""Cards and search for scripts: the same answers as on the map."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Form, Query, Router, Schema
from pydantic import Field

from gis_grid.accounts.access import user_of
from gis_grid.core.moments import moment_of
from gis_grid.households.schemas import HouseholdChange, household_row
from gis_grid.households.services.registering import change_household
from gis_grid.navmap.cards import (
    GridCard,
    HouseholdCard,
    RegionCard,
    grid_card,
    household_card,
    region_card,
)
from gis_grid.navmap.search import LONGEST, MOST_HITS, Hit, find
from gis_grid.territory.schemas import GridQuery

router = Router(tags=["navigation map"])
BIGGEST_ID = 2**63 - 1


class SearchQuery(Schema):
    q: str = Field(
        min_length=1,
        max_length=LONGEST,
        description=(
            "Code, name or address; the pinyin of a place; a whole phone or identity number"
            " for those who may search by it, which is logged."
        ),
    )
    limit: int = Field(20, ge=1, le=MOST_HITS)


class AtQuery(Schema):
    at: str | None = Field(None, description=GridQuery.model_fields["at"].description)


@router.get("/households/{household_id}", response=HouseholdCard, summary="Card of a household")
def household(request: HttpRequest, household_id: int) -> HouseholdCard:
    """Masked; reading it is logged. 404 out of your scope, as for one that does not exist."""
    # Larger numbers than the database holds are simply no household.
    return household_card(user_of(request), min(household_id, BIGGEST_ID))


# An address has one router: what changes a household stands beside its card.
@router.put("/households/{household_id}", summary="Correct a household")
def correct_household(
    request: HttpRequest, household_id: int, data: HouseholdChange
) -> dict[str, Any]:
    """What is named, as it was at `revision`; 409 where somebody else has changed it since."""
    made = change_household(
        acting_user=user_of(request),
        household_id=min(household_id, BIGGEST_ID),
        values=data.values(),
        place=data.place,
        revision=data.revision,
    )
    return household_row(made)


@router.get("/grids/{code}", response=GridCard, summary="Card of a grid")
def grid(request: HttpRequest, code: str, query: Query[AtQuery]) -> GridCard:
    """Five fixed points, people who answer, statistics, neighbours and history of a grid."""
    return grid_card(user_of(request), code, moment_of(query.at) if query.at else None)


@router.get("/regions/{code}", response=RegionCard, summary="Card of a region")
def region(request: HttpRequest, code: str) -> RegionCard:
    """Statistics and parts of a region; above your scope only its name."""
    return region_card(user_of(request), code)


@router.post("/search", response=list[Hit], summary="Search, nothing in the address")
def find_posted(
    request: HttpRequest, response: HttpResponse, query: Form[SearchQuery]
) -> list[Hit]:
    """As GET, with the text in a form: addresses stand in logs, so send personal numbers so."""
    return _find(request, response, query)


@router.get("/search", response=list[Hit], summary="Search")
def find_by_address(
    request: HttpRequest, response: HttpResponse, query: Query[SearchQuery]
) -> list[Hit]:
    """Regions, grids, households and people in your scope, the best first; names masked.

    Where there is more than `limit`, the header `X-Has-More` is `true`. 403 for a phone or
    identity number where your role may not search by it.
    """
    return _find(request, response, query)


def _find(request: HttpRequest, response: HttpResponse, query: SearchQuery) -> list[Hit]:
    found = find(user_of(request), query.q, query.limit)
    response.headers["X-Has-More"] = "true" if found.has_more else "false"
    return found.hits
