"""All addresses, with what each needs."""

from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from gis_grid.accounts import views as accounts
from gis_grid.accounts.access import anyone, needs, signed_in
from gis_grid.accounts.policies import Permission
from gis_grid.config.api import api
from gis_grid.core import views as core
from gis_grid.ogc.page import gis_page

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", anyone(core.healthz), name="healthz"),
    path("language/", anyone(set_language), name="set_language"),
    path("sign-in/", anyone(accounts.SignInView.as_view()), name="sign_in"),
    path("sign-out/", anyone(accounts.SignOutView.as_view()), name="sign_out"),
    path("password/", signed_in(accounts.password), name="password"),
    # Bearer tokens alone, asked for in the views.
    path("api/v1/uploads/", include("gis_grid.fieldsync.urls_uploads")),
    # Each route of the API says by itself what it needs.
    path("api/v1/", api.urls),
    path("audit/", needs(Permission.AUDIT_VIEW, accounts.audit_log), name="audit_log"),
    path("ogc/", include("gis_grid.ogc.urls")),
    path("data/gis/", needs(Permission.MAP_VIEW, gis_page), name="data_gis"),
    path("", include("gis_grid.exchange.out.urls")),
    path("", include("gis_grid.incidents.pages.urls")),
    path("", include("gis_grid.fieldsync.pages.urls")),
    path("", include("gis_grid.printing.urls")),
    path("", include("gis_grid.navmap.urls")),
    path("", include("gis_grid.navmap.urls_tiles")),
]

handler400 = core.bad_request
handler403 = core.not_allowed
handler404 = core.not_found
handler500 = core.server_error
