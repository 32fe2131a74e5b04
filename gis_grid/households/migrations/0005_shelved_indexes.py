"""Lets a first load build the indexes of the households after their rows.

The role that serves the web owns nothing: it may ask for this one thing, done by the owner. What
is to be made again is read from the catalogue and kept on a shelf; whatever the caller does, a
deferred trigger makes it again before the transaction can commit.
"""

from django.db import migrations

SHELVE = """
CREATE TABLE households_shelf (
    position integer GENERATED ALWAYS AS IDENTITY,
    statement text NOT NULL
);
REVOKE ALL ON households_shelf FROM PUBLIC;

-- Constraints with an index of their own stay: codes and ids are looked up during the load.
CREATE FUNCTION households_shelve_indexes() RETURNS boolean
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

CREATE FUNCTION households_unshelve() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
SET maintenance_work_mem = '256MB' AS $$
BEGIN
    EXECUTE NEW.statement;
    DELETE FROM households_shelf WHERE position = NEW.position;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER households_unshelve AFTER INSERT ON households_shelf
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION households_unshelve();

REVOKE ALL ON FUNCTION households_shelve_indexes(), households_unshelve() FROM PUBLIC;
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'gis_grid_web') THEN
        REVOKE ALL ON households_shelf FROM gis_grid_web;
        GRANT EXECUTE ON FUNCTION households_shelve_indexes() TO gis_grid_web;
    END IF;
END
$$;
"""

UNSHELVE = """
DROP FUNCTION households_shelve_indexes();
DROP TABLE households_shelf;
DROP FUNCTION households_unshelve();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("households", "0004_fewer_indexes"),
        ("territory", "0002_enclave"),
    ]
    operations = [migrations.RunSQL(SHELVE, UNSHELVE)]
