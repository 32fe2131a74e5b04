from django.db import migrations

# Without an end to the wait, one forgotten transaction would hang whoever reads or changes.
CHAIN = """
ALTER FUNCTION public.audit_entry_chain() SET lock_timeout = '15s';
"""

UNCHAIN = """
ALTER FUNCTION public.audit_entry_chain() RESET lock_timeout;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_entry")]
    operations = [migrations.RunSQL(CHAIN, UNCHAIN)]
