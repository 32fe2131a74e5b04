"""What cameras on the map are called."""

from django.utils.translation import gettext_lazy as _

# Owner and state of a sign of the legend, and what it says.
CAMERA_SIGNS = (
    ("public", "working", _("Public camera")),
    ("home", "working", _("Home camera, by consent")),
    ("public", "broken", _("Camera out of order")),
)
