from django.db import migrations, models

CHAIN = """
-- The bytes that a row's hash covers: every field, unambiguously framed as JSON.
CREATE FUNCTION audit_entry_digest(entry audit_entry) RETURNS bytea
LANGUAGE sql STABLE AS $$
    SELECT sha256(convert_to(jsonb_build_array(
        entry.seq,
        to_char(entry.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
        entry.actor_id, entry.actor, entry.action, entry.subject_type, entry.subject_id,
        entry.area_code, entry.detail, encode(entry.previous_hash, 'hex')
    )::text, 'UTF8'))
$$;

-- SECURITY DEFINER: the role that serves the web can't choose number, time or hash.
CREATE FUNCTION audit_entry_chain() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    last record;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('audit_entry'));
    SELECT seq, hash INTO last FROM audit_entry ORDER BY seq DESC LIMIT 1;
    NEW.seq := coalesce(last.seq, 0) + 1;
    NEW.at := clock_timestamp();
    NEW.previous_hash := coalesce(last.hash, '\\x'::bytea);
    NEW.hash := audit_entry_digest(NEW);
    RETURN NEW;
END
$$;
CREATE TRIGGER audit_entry_chain BEFORE INSERT ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_entry_chain();

CREATE FUNCTION audit_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only';
END
$$;
CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_entry_refuse();
"""

UNCHAIN = """
DROP TRIGGER audit_entry_append_only ON audit_entry;
DROP TRIGGER audit_entry_chain ON audit_entry;
DROP FUNCTION audit_entry_refuse();
DROP FUNCTION audit_entry_chain();
DROP FUNCTION audit_entry_digest(audit_entry);
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("seq", models.BigIntegerField(editable=False, primary_key=True, serialize=False)),
                ("at", models.DateTimeField(db_index=True)),
                ("actor_id", models.BigIntegerField(null=True)),
                ("actor", models.CharField(max_length=150)),
                ("action", models.CharField(db_index=True, max_length=64)),
                ("subject_type", models.CharField(max_length=64)),
                ("subject_id", models.CharField(max_length=64)),
                ("area_code", models.CharField(blank=True, max_length=15)),
                ("detail", models.JSONField(default=dict)),
                ("previous_hash", models.BinaryField(editable=False)),
                ("hash", models.BinaryField(editable=False)),
            ],
            options={
                "db_table": "audit_entry",
                "ordering": ["seq"],
                "indexes": [
                    models.Index(fields=["subject_type", "subject_id"], name="audit_subject")
                ],
            },
        ),
        migrations.RunSQL(CHAIN, UNCHAIN),
    ]
