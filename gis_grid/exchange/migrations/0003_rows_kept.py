"""What a load of a file changes is kept by the database itself, row by row, to be taken back.

The triggers do something only while the setting `gis_grid.intake` names an intake. Histories
that are only ever added to let a row go where the intake that added it is being undone.
"""

from django.db import migrations

KEEP = """
CREATE FUNCTION exchange_keep() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    before jsonb; after jsonb; place text; col text; number bigint;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        before := to_jsonb(OLD); number := OLD.id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        after := to_jsonb(NEW); number := NEW.id;
    END IF;
    -- Places to the last bit, not as the rounded text that JSON makes of them.
    FOREACH col IN ARRAY coalesce(TG_ARGV, ARRAY[]::text[]) LOOP
        IF before IS NOT NULL THEN
            EXECUTE format('SELECT ($1).%I::text', col) INTO place USING OLD;
            before := before || jsonb_build_object(col, place);
        END IF;
        IF after IS NOT NULL THEN
            EXECUTE format('SELECT ($1).%I::text', col) INTO place USING NEW;
            after := after || jsonb_build_object(col, place);
        END IF;
    END LOOP;
    INSERT INTO exchange_intakechange (intake_id, tab, row_id, before, after)
    VALUES (current_setting('gis_grid.intake')::bigint, TG_TABLE_NAME, number, before, after);
    RETURN NULL;
END
$$;
CREATE FUNCTION exchange_takes_back(tab_name text, number bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM exchange_intakechange c JOIN exchange_intake i ON i.id = c.intake_id
        WHERE i.id::text = current_setting('gis_grid.undoing', true) AND i.state = 'undoing'
            AND c.tab = tab_name AND c.row_id = number AND c.before IS NULL
    )
$$;
"""
UNKEEP = "DROP FUNCTION exchange_keep(); DROP FUNCTION exchange_takes_back(text, bigint);"
TRIGGER = """
CREATE TRIGGER exchange_keep AFTER INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW
WHEN (coalesce(current_setting('gis_grid.intake', true), '') <> '')
EXECUTE FUNCTION exchange_keep({places})
"""
TABLES = {
    "households_household": ["geom"],
    "households_resident": [],
    "households_householdtag": [],
    "facilities_camera": ["geom", "sector"],
    "facilities_camerastate": [],
    "facilities_servicepoint": ["geom"],
    "incidents_incident": ["geom"],
    "incidents_step": [],
    "incidents_registercounter": [],
    "territory_referencefeature": ["geom"],
}
STAYS = """
CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {let}RAISE EXCEPTION '{said}' USING ERRCODE = 'restrict_violation';
END $$;
"""
LET = """IF TG_OP = 'DELETE' AND exchange_takes_back(TG_TABLE_NAME, OLD.id) THEN
        RETURN OLD;
    END IF;
    """
HISTORIES = {
    "incidents_step_stays": "steps of incidents are only ever added",
    "facilities_camerastate_stays": "states of cameras are only ever added",
}


def keeps(table, places):
    return migrations.RunSQL(
        TRIGGER.format(table=table, places=", ".join(f"'{name}'" for name in places)),
        f"DROP TRIGGER exchange_keep ON {table}",
    )


def lets_go(name, said):
    return migrations.RunSQL(
        STAYS.format(name=name, said=said, let=LET), STAYS.format(name=name, said=said, let="")
    )


class Migration(migrations.Migration):
    dependencies = [
        ("exchange", "0002_intakes"),
        ("territory", "0004_versions_of_today"),
        ("households", "0007_shelved_triggers"),
        ("facilities", "0004_phones_checked"),
        ("incidents", "0011_uploads_answer_again"),
    ]
    operations = [
        migrations.RunSQL(KEEP, UNKEEP),
        *[keeps(table, places) for table, places in TABLES.items()],
        *[lets_go(name, said) for name, said in HISTORIES.items()],
    ]
