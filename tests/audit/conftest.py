"""A connection to the tests' database with the role that serves the web."""

import os
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from gis_grid.audit.grants import PROTECTED, WEB_ROLE


def connect(url: str) -> "psycopg.Connection[Any]":
    """A connection to the database of this test process with the account in `url`."""
    parts = conninfo_to_dict(url) | {"dbname": connection.settings_dict["NAME"]}
    return psycopg.connect(make_conninfo(**parts))


@pytest.fixture
def web(db: None) -> Iterator["psycopg.Connection[Any]"]:
    """As the web's own account where the tests know it, else by taking on its role."""
    url = os.environ.get("DATABASE_WEB_URL")
    role, table = sql.Identifier(WEB_ROLE), sql.Identifier(PROTECTED)
    with connect(settings.DATABASE_OWNER_URL) as owner:
        known = owner.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [WEB_ROLE])
        if known.fetchone() is None:
            owner.execute(sql.SQL("CREATE ROLE {}").format(role))
            owner.execute(sql.SQL("GRANT SELECT, INSERT ON {} TO {}").format(table, role))
    with connect(url or settings.DATABASE_OWNER_URL) as made:
        if not url:
            made.execute(sql.SQL("SET ROLE {}").format(role))
            made.commit()
        yield made
        made.rollback()
