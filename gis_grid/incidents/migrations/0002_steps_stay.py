"""The timeline is append-only: the database itself refuses to change or remove a step."""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION incidents_step_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'steps of incidents are only ever added' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER step_stays BEFORE UPDATE OR DELETE ON incidents_step
    FOR EACH ROW EXECUTE FUNCTION incidents_step_stays();
"""
BACKWARDS = "DROP TRIGGER step_stays ON incidents_step; DROP FUNCTION incidents_step_stays();"


class Migration(migrations.Migration):
    dependencies = [("incidents", "0001_initial")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
