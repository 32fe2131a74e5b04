from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "gis_grid.accounts"

    def ready(self) -> None:
        from gis_grid.accounts.audit_log import user_labels
        from gis_grid.accounts.middleware import start_session
        from gis_grid.accounts.policies import Role
        from gis_grid.audit.actions import label_subjects, name_actions, name_details, name_subjects

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
                "password_change_failed": _("Present password wrong"),
                "password_reset": _("Password reset"),
                "token_created": _("Token made"),
                "token_revoked": _("Token revoked"),
                "demo_users_created": _("Demo accounts made"),
                "audit_viewed": _("Log read"),
            }
        )
        name_subjects({"user": _("Account"), "audit": _("Audit log")})
        label_subjects("user", user_labels)
        name_details(
            {
                "username": _("Login"),
                "usernames": _("Logins"),
                "role": _("Role"),
                "on": _("On"),
                "address": _("Network address"),
                "paused": _("Signing in paused"),
                "tokens_revoked": _("Tokens revoked"),
                "token": _("Token"),
                "label": _("Label"),
                "days": _("Days"),
                "count": _("Number"),
                "rows": _("Rows"),
                "filters": _("Filter"),
                "before": _("Before No."),
                "actor": _("Person"),
                "action": _("Action"),
                "area": _("Area code"),
                "first": _("From"),
                "last": _("To"),
            },
            dict(Role.choices),
        )
