"""The history of a camera's state is append-only: the database itself refuses to change it."""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION facilities_camerastate_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'states of cameras are only ever added' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER state_stays BEFORE UPDATE OR DELETE ON facilities_camerastate
    FOR EACH ROW EXECUTE FUNCTION facilities_camerastate_stays();
"""
BACKWARDS = (
    "DROP TRIGGER state_stays ON facilities_camerastate;"
    " DROP FUNCTION facilities_camerastate_stays();"
)


class Migration(migrations.Migration):
    dependencies = [("facilities", "0001_initial")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
