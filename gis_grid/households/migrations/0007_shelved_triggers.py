"""A first load also goes without the triggers that others have put on the households."""

from django.db import migrations

FORWARDS = """
-- Constraints with an index of their own stay: codes and ids are looked up during the load.
CREATE OR REPLACE FUNCTION households_shelve_indexes() RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    item record;
BEGIN
    -- Where somebody is at work nobody is made to wait: the load then keeps the indexes.
    BEGIN
        LOCK TABLE households_household IN ACCESS EXCLUSIVE MODE NOWAIT;
        LOCK TABLE territory_grid IN SHARE ROW EXCLUSIVE MODE NOWAIT;
    EXCEPTION WHEN lock_not_available THEN
        RETURN false;
    END;
    -- Not at once, before it is away. (All of the caller's must not run here, as the owner.)
    SET CONSTRAINTS households_unshelve DEFERRED;
    FOR item IN
        SELECT pg_get_indexdef(indexrelid) AS again,
            format('DROP INDEX %s', indexrelid::regclass) AS away
        FROM pg_index
        WHERE indrelid = 'households_household'::regclass
            AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
        UNION ALL
        SELECT format('ALTER TABLE households_household ADD CONSTRAINT %I %s', conname,
                pg_get_constraintdef(oid)),
            format('ALTER TABLE households_household DROP CONSTRAINT %I', conname)
        FROM pg_constraint
        WHERE conrelid = 'households_household'::regclass AND contype = 'f'
        UNION ALL
        -- Whoever follows changes row by row is told of a first load as a whole.
        SELECT pg_get_triggerdef(oid), format('DROP TRIGGER %I ON households_household', tgname)
        FROM pg_trigger WHERE tgrelid = 'households_household'::regclass AND NOT tgisinternal
    LOOP
        INSERT INTO households_shelf (statement) VALUES (item.again);
        EXECUTE item.away;
    END LOOP;
    RETURN true;
END
$$;
"""
BACKWARDS = """
-- Constraints with an index of their own stay: codes and ids are looked up during the load.
CREATE OR REPLACE FUNCTION households_shelve_indexes() RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    item record;
BEGIN
    -- Where somebody is at work nobody is made to wait: the load then keeps the indexes.
    BEGIN
        LOCK TABLE households_household IN ACCESS EXCLUSIVE MODE NOWAIT;
        LOCK TABLE territory_grid IN SHARE ROW EXCLUSIVE MODE NOWAIT;
    EXCEPTION WHEN lock_not_available THEN
        RETURN false;
    END;
    -- Not at once, before it is away. (All of the caller's must not run here, as the owner.)
    SET CONSTRAINTS households_unshelve DEFERRED;
    FOR item IN
        SELECT pg_get_indexdef(indexrelid) AS again,
            format('DROP INDEX %s', indexrelid::regclass) AS away
        FROM pg_index
        WHERE indrelid = 'households_household'::regclass
            AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
        UNION ALL
        SELECT format('ALTER TABLE households_household ADD CONSTRAINT %I %s', conname,
                pg_get_constraintdef(oid)),
            format('ALTER TABLE households_household DROP CONSTRAINT %I', conname)
        FROM pg_constraint
        WHERE conrelid = 'households_household'::regclass AND contype = 'f'
    LOOP
        INSERT INTO households_shelf (statement) VALUES (item.again);
        EXECUTE item.away;
    END LOOP;
    RETURN true;
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("households", "0006_visits_and_files")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
