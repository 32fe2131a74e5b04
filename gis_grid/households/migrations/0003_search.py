"""What search and sorted lists lean on.

Trigrams need three characters, Chinese names have two or three: with the name and its
reverse as plain indexes every beginning and every ending is found fast, too.
"""

from django.contrib.postgres.indexes import OpClass
from django.db import migrations, models
from django.db.models import F
from django.db.models.functions import Reverse


class Migration(migrations.Migration):
    dependencies = [("households", "0002_first_tags")]
    operations = [
        migrations.RunSQL(
            "CREATE COLLATION IF NOT EXISTS zh_natural (provider = icu, locale = 'zh-u-kn-true')",
            "DROP COLLATION IF EXISTS zh_natural",
        ),
        migrations.AddIndex(
            "household",
            models.Index(OpClass(F("head_name"), "text_pattern_ops"), name="household_head_start"),
        ),
        migrations.AddIndex(
            "household",
            models.Index(
                OpClass(Reverse("head_name"), "text_pattern_ops"), name="household_head_end"
            ),
        ),
        migrations.AddIndex(
            "resident",
            models.Index(OpClass(F("name"), "text_pattern_ops"), name="resident_name_start"),
        ),
        migrations.AddIndex(
            "resident",
            models.Index(OpClass(Reverse("name"), "text_pattern_ops"), name="resident_name_end"),
        ),
    ]
