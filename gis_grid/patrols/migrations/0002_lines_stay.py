"""A route's versions are what runs were judged by: the database itself refuses to change one."""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION patrols_version_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'versions of routes are only ever added' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER version_stays BEFORE UPDATE OR DELETE ON patrols_routeversion
    FOR EACH ROW EXECUTE FUNCTION patrols_version_stays();
"""
BACKWARDS = (
    "DROP TRIGGER version_stays ON patrols_routeversion; DROP FUNCTION patrols_version_stays();"
)


class Migration(migrations.Migration):
    dependencies = [("patrols", "0001_initial")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
