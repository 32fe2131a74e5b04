"""What a new cluster is given: two roles, the extensions, the database; and the roles again."""

from collections.abc import Iterator, Mapping

ADMIN = "gis_grid_admin"
DATABASE = "gis_grid"
EXTENSIONS = ("postgis", "pg_trgm", "btree_gist")


def preparation(keys: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Pairs of database and statements, in order. `keys`: URL-safe password by role.

    Extensions and default privileges go into template1: the application's database and those of
    the tests are copies of it, so the owner needs no superuser to make one.
    """
    yield (
        "template1",
        f"""
        CREATE ROLE gis_grid_owner LOGIN CREATEDB PASSWORD '{keys["gis_grid_owner"]}';
        CREATE ROLE gis_grid_web LOGIN PASSWORD '{keys["gis_grid_web"]}';
        {"".join(f"CREATE EXTENSION {name};" for name in EXTENSIONS)}
        ALTER DEFAULT PRIVILEGES FOR ROLE gis_grid_owner
            GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO gis_grid_web;
        ALTER DEFAULT PRIVILEGES FOR ROLE gis_grid_owner
            GRANT USAGE, SELECT ON SEQUENCES TO gis_grid_web;
        """,
    )
    yield "postgres", f"CREATE DATABASE {DATABASE} OWNER gis_grid_owner TEMPLATE template1;"


def restoration(keys: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Pairs of database and statements that give the roles named in `keys` their passwords back.

    A role may change its own password and settings: whoever once spoke as it could lock the
    application out, or hide its tables behind others.
    """
    statements = "".join(
        f"""
        ALTER ROLE {role} LOGIN PASSWORD '{keys[role]}';
        ALTER ROLE {role} RESET ALL;
        ALTER ROLE {role} IN DATABASE {DATABASE} RESET ALL;
        """
        for role in ("gis_grid_owner", "gis_grid_web")
        # A cluster for measuring has no address of the web role in its key file.
        if role in keys
    )
    yield "postgres", statements
