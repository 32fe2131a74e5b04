"""Each index costs every row of a load: the trigrams do what the plain name indexes did.

A word's trigrams count two blanks before and one behind it, so that a beginning of one
character and an ending of two are found by them, too. A code compared by its bytes needs one
index for the whole and the beginning. Together that halves the indexes' share of a load.
"""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import migrations, models
from django.db.models import F


class Migration(migrations.Migration):
    dependencies = [("households", "0003_search")]
    operations = [
        *(
            migrations.RemoveIndex("household", name)
            for name in (
                "household_head_start",
                "household_head_end",
                "household_head_trgm",
                "household_address_trgm",
            )
        ),
        *(
            migrations.RemoveIndex("resident", name)
            for name in ("resident_name_start", "resident_name_end")
        ),
        migrations.AddIndex(
            "household",
            GinIndex(
                OpClass(F("head_name"), "gin_trgm_ops"),
                OpClass(F("address"), "gin_trgm_ops"),
                name="household_text_trgm",
            ),
        ),
        migrations.AlterField(
            "household",
            "code",
            models.CharField(db_collation="C", max_length=20, verbose_name="household code"),
        ),
        migrations.AddConstraint(
            "household", models.UniqueConstraint(fields=["code"], name="household_code_once")
        ),
    ]
