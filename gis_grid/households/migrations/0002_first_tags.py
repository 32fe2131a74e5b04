"""The tags that every town has; a county adds its own."""

from django.db import migrations

TAGS = [
    # slug, name, English name, category, colour, symbol, visibility
    ("party_member", "党员户", "Party member", "政治面貌", "#cc3311", "star", "open"),
    ("deputy", "人大代表户", "People's deputy", "政治面貌", "#0077bb", "diamond", "open"),
    (
        "family_planning_award",
        "计生奖扶户",
        "Family-planning award",
        "福利",
        "#ee7733",
        "triangle",
        "welfare",
    ),
    (
        "poverty_alleviation",
        "脱贫户",
        "Poverty alleviation",
        "福利",
        "#009988",
        "hexagon",
        "welfare",
    ),
    ("low_income", "低保户", "Low income", "福利", "#33bbee", "ring", "welfare"),
    ("subsidy", "补贴户", "Subsidy", "福利", "#ee3377", "plus", "welfare"),
]


def add(apps, schema_editor):
    tags = apps.get_model("households", "Tag").objects.using(schema_editor.connection.alias)
    for bit, (slug, name, name_en, category, colour, symbol, visibility) in enumerate(TAGS):
        tags.create(
            slug=slug,
            name=name,
            name_en=name_en,
            category=category,
            colour=colour,
            symbol=symbol,
            visibility=visibility,
            order=(bit + 1) * 10,
            bit=bit,
        )


def remove(apps, schema_editor):
    tags = apps.get_model("households", "Tag").objects.using(schema_editor.connection.alias)
    tags.filter(slug__in=[row[0] for row in TAGS]).delete()


class Migration(migrations.Migration):
    dependencies = [("households", "0001_initial")]
    operations = [migrations.RunPython(add, remove)]
