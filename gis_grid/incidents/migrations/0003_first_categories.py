"""Categories and deadlines to begin with; a county changes them with a source and a day."""

import datetime as dt

from django.db import migrations

from gis_grid.incidents.seed import DEADLINES, SINCE, SOURCE, TREE


def add(apps, schema_editor):
    category = apps.get_model("incidents", "Category")
    rule = apps.get_model("incidents", "DeadlineRule")
    since, db = dt.date.fromisoformat(SINCE), schema_editor.connection.alias
    parent, common = None, {"source": SOURCE, "starts_on": since}
    for order, line in enumerate(TREE.splitlines(), start=1):
        if line.startswith("#"):
            _, field, name, name_en, kind, office = line.split()
            parent = category.objects.using(db).create(
                code=field,
                name=name,
                name_en=name_en,
                kind=kind,
                field=field,
                office=office,
                order=order * 10,
                **common,
            )
            continue
        code, names, kind, office = line.split()
        name_en, name = names.replace("~", " ").split("|")
        category.objects.using(db).create(
            code=code,
            parent=parent,
            name=name,
            name_en=name_en,
            kind=kind,
            field=parent.field,
            office=office,
            order=order * 10,
            **common,
        )
    rule.objects.using(db).bulk_create(
        rule(kind=kind, state=state, working_days=days, minutes=minutes, since=since, source=SOURCE)
        for kind, state, days, minutes in DEADLINES
    )


def remove(apps, schema_editor):
    db = schema_editor.connection.alias
    apps.get_model("incidents", "DeadlineRule").objects.using(db).filter(source=SOURCE).delete()
    seeded = apps.get_model("incidents", "Category").objects.using(db).filter(source=SOURCE)
    seeded.exclude(parent=None).delete()
    seeded.delete()


class Migration(migrations.Migration):
    dependencies = [("incidents", "0002_steps_stay")]
    operations = [migrations.RunPython(add, remove)]
