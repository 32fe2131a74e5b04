"""What a load has added to a history goes by one function of the database, and by nothing else.

The web's role may write any setting and any intake's state, so neither proves anything. It may not
write what a load changed: that is left to `exchange_keep`, which it can't hang on a table of its own
any more. `exchange_take_back` goes by these rows alone, uses them up, and tells the log.
"""

import django.db.models.functions.datetime
from django.db import migrations, models

GUARD = """
REVOKE ALL ON FUNCTION exchange_keep() FROM PUBLIC;

-- As whoever deletes: only `exchange_take_back` does so as the owner of the history.
CREATE OR REPLACE FUNCTION exchange_takes_back(tab_name text, number bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY INVOKER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM pg_class t
        WHERE t.oid = to_regclass(format('public.%I', tab_name))
            AND pg_get_userbyid(t.relowner) = current_user
    ) AND EXISTS (
        SELECT FROM exchange_intakechange c
        WHERE c.intake_id::text = current_setting('gis_grid.undoing', true)
            AND c.tab = tab_name AND c.row_id = number AND c.before IS NULL
    )
$$;

CREATE FUNCTION exchange_take_back(number bigint, histories text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    name text; ids bigint[]; gone bigint; total bigint := 0;
BEGIN
    PERFORM FROM exchange_intake WHERE id = number AND state = 'undoing' FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the load is not being undone' USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (
        SELECT FROM exchange_intakechange
        WHERE intake_id = number AND at <= now() - interval '7 days'
    ) THEN
        RAISE EXCEPTION 'the load is older than seven days' USING ERRCODE = 'restrict_violation';
    END IF;
    PERFORM set_config('gis_grid.undoing', number::text, true);
    FOR name, ids IN
        SELECT tab, array_agg(row_id) FROM exchange_intakechange
        WHERE intake_id = number AND before IS NULL AND tab = ANY (histories) GROUP BY tab
    LOOP
        EXECUTE format('DELETE FROM public.%I WHERE id = ANY ($1)', name) USING ids;
        GET DIAGNOSTICS gone = ROW_COUNT;
        total := total + gone;
    END LOOP;
    PERFORM set_config('gis_grid.undoing', '', true);
    DELETE FROM exchange_intakechange
        WHERE intake_id = number AND before IS NULL AND tab = ANY (histories);
    INSERT INTO audit_entry (actor, action, subject_type, subject_id, area_code, detail)
        VALUES ('system', 'history_taken_back', 'intake', number, '',
            jsonb_build_object('rows', total, 'tables', histories));
END
$$;
REVOKE ALL ON FUNCTION exchange_take_back(bigint, text[]) FROM PUBLIC;
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'gis_grid_web') THEN
        REVOKE INSERT, UPDATE, TRUNCATE ON exchange_intakechange FROM gis_grid_web;
        GRANT EXECUTE ON FUNCTION exchange_take_back(bigint, text[]) TO gis_grid_web;
    END IF;
END
$$;
"""
UNGUARD = """
GRANT EXECUTE ON FUNCTION exchange_keep() TO PUBLIC;
DROP FUNCTION exchange_take_back(bigint, text[]);
CREATE OR REPLACE FUNCTION exchange_takes_back(tab_name text, number bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM exchange_intakechange c JOIN exchange_intake i ON i.id = c.intake_id
        WHERE i.id::text = current_setting('gis_grid.undoing', true) AND i.state = 'undoing'
            AND c.tab = tab_name AND c.row_id = number AND c.before IS NULL
    )
$$;
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'gis_grid_web') THEN
        GRANT INSERT, UPDATE ON exchange_intakechange TO gis_grid_web;
    END IF;
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("exchange", "0003_rows_kept"), ("audit", "0002_lock_timeout")]
    operations = [
        migrations.AddField(
            model_name="intakechange",
            name="at",
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
