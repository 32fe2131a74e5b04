"""What the database role that serves the web may do to the log: add and read, nothing else."""

from typing import Any

from django.db import connections
from psycopg import sql

WEB_ROLE = "gis_grid_web"
PROTECTED = "audit_entry"


def restrict_web_role(*, using: str, **kwargs: Any) -> None:
    """Take UPDATE, DELETE and TRUNCATE on the log from the web role, where that role exists."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [WEB_ROLE])
        if cursor.fetchone() is None:
            return
        cursor.execute(
            "SELECT to_regclass(%s), pg_get_userbyid(relowner) = current_user"
            " FROM pg_class WHERE oid = to_regclass(%s)",
            [PROTECTED, PROTECTED],
        )
        row = cursor.fetchone()
        if row is None or not row[1]:
            return
        table, role = sql.Identifier(PROTECTED), sql.Identifier(WEB_ROLE)
        for statement in (
            "REVOKE ALL ON {table} FROM {role}",
            "GRANT SELECT, INSERT ON {table} TO {role}",
        ):
            cursor.execute(sql.SQL(statement).format(table=table, role=role))
