from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "gis_grid.accounts"

    def ready(self) -> None:
        from gis_grid.accounts.middleware import start_session
        from gis_grid.audit.actions import name_actions

        user_logged_in.connect(start_session, dispatch_uid="start_session")
        name_actions(
            {
                "signed_in": _("Signed in"),
                "sign_in_failed": _("Sign-in failed"),
                "signed_out": _("Signed out"),
                "user_created": _("Account made"),
                "user_disabled": _("Account disabled"),
                "role_granted": _("Role given"),
                "role_ended": _("Role ended"),
                "password_changed": _("Password changed"),
                "password_reset": _("Password reset"),
                "token_created": _("Token made"),
                "token_revoked": _("Token revoked"),
                "demo_users_created": _("Demo accounts made"),
                "audit_viewed": _("Log read"),
            }
        )
