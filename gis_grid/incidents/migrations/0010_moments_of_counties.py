"""A county's figures cost what they count, not what other counties had in that month.

Codes of areas get finer statistics: of a hundred slices of all codes a town's fills less than one,
so that one incident was expected of thousands, and all that ever happened in a town was read.
"""

import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

FINER = """
ALTER TABLE incidents_incident ALTER COLUMN area_code SET STATISTICS 1000;
ANALYZE incidents_incident;
"""
USUAL = "ALTER TABLE incidents_incident ALTER COLUMN area_code SET STATISTICS -1"


class Migration(migrations.Migration):
    dependencies = [
        ("facilities", "0002_states_stay"),
        ("households", "0005_shelved_indexes"),
        ("incidents", "0009_board_from_indexes"),
        ("territory", "0004_versions_of_today"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(
                django.db.models.functions.text.Left("area_code", 6),
                models.F("reported_at"),
                name="incident_county_reported",
            ),
        ),
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(
                django.db.models.functions.text.Left("area_code", 6),
                models.F("answered_at"),
                condition=models.Q(("answered_at", None), _negated=True),
                name="incident_county_answered",
            ),
        ),
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(
                django.db.models.functions.text.Left("area_code", 6),
                models.F("closed_at"),
                condition=models.Q(("closed_at", None), _negated=True),
                include=("id", "area_code", "state", "complained_of"),
                name="incident_county_closed",
            ),
        ),
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(
                django.db.models.functions.text.Left("area_code", 6),
                models.F("reopened_at"),
                condition=models.Q(("reopened_at", None), _negated=True),
                name="incident_county_reopened",
            ),
        ),
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(
                django.db.models.functions.text.Left("area_code", 6),
                models.F("due_at"),
                condition=models.Q(
                    ("closed_at", None), ("closed_at__gt", models.F("due_at")), _connector="OR"
                ),
                name="incident_county_late",
            ),
        ),
        migrations.RunSQL(FINER, USUAL),
    ]
