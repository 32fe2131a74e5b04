"""The feed that tablets follow: a row for each thing that changed, written by the database itself.

A change that no service knows of (a bulk load, a redraw, a job) is in it all the same. `xid` is the
writing transaction: a reader takes only rows below the oldest one still at work, so what commits
late is never passed over. A thing that moves to another village stands in both.
"""

from django.db import migrations, models
from django.db.models.functions import Now

MAKE = """
CREATE FUNCTION fieldsync_note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO fieldsync_change (entity, object_id, village)
        SELECT TG_ARGV[0], id, left(area_code, 12) FROM new_rows;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO fieldsync_change (entity, object_id, village)
        SELECT TG_ARGV[0], id, left(area_code, 12) FROM old_rows;
    ELSE
        INSERT INTO fieldsync_change (entity, object_id, village)
        SELECT TG_ARGV[0], id, left(area_code, 12) FROM new_rows
        UNION SELECT TG_ARGV[0], id, left(area_code, 12) FROM old_rows;
    END IF;
    RETURN NULL;
END
$$;
CREATE FUNCTION fieldsync_note_grids() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO fieldsync_change (entity, object_id, village)
    SELECT DISTINCT 'grid', g.id, left(g.code, 12)
    FROM new_rows v JOIN territory_grid g ON g.id = v.grid_id;
    RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION fieldsync_note(), fieldsync_note_grids() FROM PUBLIC;
"""
UNMAKE = "DROP FUNCTION fieldsync_note(); DROP FUNCTION fieldsync_note_grids();"

TABLES = {
    "household": "households_household",
    "incident": "incidents_incident",
    "camera": "facilities_camera",
    "route": "patrols_route",
}
_TRIGGER = (
    "CREATE TRIGGER fieldsync_{when} AFTER {when} ON {table} REFERENCING {seen}"
    " FOR EACH STATEMENT EXECUTE FUNCTION {function}"
)
_SEEN = {
    "insert": "NEW TABLE AS new_rows",
    "update": "OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "delete": "OLD TABLE AS old_rows",
}


def _triggers(table, function, events):
    return [
        migrations.RunSQL(
            _TRIGGER.format(when=when, table=table, seen=_SEEN[when], function=function),
            f"DROP TRIGGER fieldsync_{when} ON {table}",
        )
        for when in events
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("fieldsync", "0001_operations"),
        ("territory", "0004_versions_of_today"),
        ("households", "0005_shelved_indexes"),
        ("incidents", "0009_board_from_indexes"),
        ("facilities", "0002_states_stay"),
        ("patrols", "0002_lines_stay"),
    ]

    operations = [
        migrations.CreateModel(
            name="Change",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("entity", models.CharField(max_length=20)),
                ("object_id", models.BigIntegerField()),
                ("village", models.CharField(max_length=12)),
                ("at", models.DateTimeField(db_default=Now())),
            ],
        ),
        migrations.RunSQL(
            "ALTER TABLE fieldsync_change ADD xid xid8 NOT NULL DEFAULT pg_current_xact_id();"
            "CREATE INDEX fieldsync_change_feed ON fieldsync_change (village, xid, id);"
            "CREATE INDEX fieldsync_change_at ON fieldsync_change (at)",
            "ALTER TABLE fieldsync_change DROP xid; DROP INDEX fieldsync_change_at",
        ),
        migrations.RunSQL(
            # The youngest transaction whose rows have been cleared away; one row or none.
            "CREATE TABLE fieldsync_cleared (cleared_xid xid8 NOT NULL)",
            "DROP TABLE fieldsync_cleared",
        ),
        migrations.RunSQL(MAKE, UNMAKE),
        *[
            operation
            for entity, table in TABLES.items()
            for operation in _triggers(table, f"fieldsync_note('{entity}')", _SEEN)
        ],
        *_triggers("territory_gridversion", "fieldsync_note_grids()", ("insert", "update")),
    ]
