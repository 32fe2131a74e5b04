"""The API under `/api/v1/`: every route needs a bearer token or a session unless it says so."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from ninja import NinjaAPI

from gis_grid.accounts.api import router as accounts
from gis_grid.accounts.api_auth import API_AUTH
from gis_grid.core import views as core
from gis_grid.core.api import install_error_handlers
from gis_grid.exchange.api import router as exchange
from gis_grid.facilities.api import router as facilities
from gis_grid.fieldsync.api import router as field
from gis_grid.fieldsync.devices_api import router as devices
from gis_grid.households.api import router as households
from gis_grid.incidents.api import router as incidents
from gis_grid.navmap.api import router as navmap
from gis_grid.patrols.api import router as patrols
from gis_grid.territory.api import router as territory
from gis_grid.territory.plan_api import router as plans

api = NinjaAPI(
    title="Gis Grid",
    version="1",
    urls_namespace="api",
    description=(
        "Regions, grids, households and incidents of a county, each within the scope of whoever"
        " asks. What lies out of scope answers 404, as if it did not exist. Refusals are"
        " `{error: {code, message, where, details}}`, in the language of Accept-Language."
    ),
    auth=API_AUTH,
    docs_url="/docs",
)
install_error_handlers(api)

for router in (
    accounts,
    territory,
    plans,
    households,
    facilities,
    incidents,
    exchange,
    patrols,
    devices,
    field,
    navmap,
):
    api.add_router("", router)


@api.get("/healthz", auth=None, tags=["system"], summary="Is the system well")
def healthz(request: HttpRequest) -> HttpResponseBase:
    """Database, migrations and worker, each in one word; needs no login."""
    return core.healthz(request)
