"""Let the planner know how many versions hold today.

`upper(validity) IS NULL` has no statistics of its own, so that one row was expected of thousands,
and a publish looked through all of them for each household that moved.
"""

from django.db import migrations

MAKE = """
CREATE STATISTICS gridversion_of_today ON (upper(validity)) FROM territory_gridversion;
ANALYZE territory_gridversion;
"""


class Migration(migrations.Migration):
    dependencies = [("territory", "0003_plans")]

    operations = [migrations.RunSQL(MAKE, "DROP STATISTICS gridversion_of_today")]
