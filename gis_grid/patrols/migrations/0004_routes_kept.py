"""Routes out of a file can be taken back: their rows are kept, their versions may go with them."""

from django.db import migrations

TRIGGER = """
CREATE TRIGGER exchange_keep AFTER INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW
WHEN (coalesce(current_setting('gis_grid.intake', true), '') <> '')
EXECUTE FUNCTION exchange_keep({places})
"""
TABLES = {"patrols_route": "", "patrols_routeversion": "'line'", "patrols_checkpoint": "'geom'"}
STAYS = """
CREATE OR REPLACE FUNCTION patrols_version_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {let}RAISE EXCEPTION 'versions of routes are only ever added' USING ERRCODE = 'restrict_violation';
END $$;
"""
LET = """IF TG_OP = 'DELETE' AND exchange_takes_back(TG_TABLE_NAME, OLD.id) THEN
        RETURN OLD;
    END IF;
    """


class Migration(migrations.Migration):
    dependencies = [("patrols", "0003_runs_from_tablets"), ("exchange", "0003_rows_kept")]
    operations = [
        *[
            migrations.RunSQL(
                TRIGGER.format(table=table, places=places),
                f"DROP TRIGGER exchange_keep ON {table}",
            )
            for table, places in TABLES.items()
        ],
        migrations.RunSQL(STAYS.format(let=LET), STAYS.format(let="")),
    ]
