"""Columns laid into a table by COPY come out as they went in."""

import datetime as dt

import pytest
from django.db import connection

from gis_grid.core.problems import copy_columns


@pytest.mark.django_db
def test_columns_come_out_as_they_went_in() -> None:
    columns = {
        "id": [1, 2, 3, 4],
        "plain": ["明", "", "x", r"\N"],
        "awkward": ["a\tb", "c\nd\r\\.", "\\N", "\\"],
        "seal": [b"", b"\\\t\n\0", b"\xff", bytes(range(256))],
        "perhaps": [b"\0", None, b"", None],
        "day": [dt.date(2026, 3, 1), None, None, dt.date(1999, 12, 31)],
        "yes": [True, False, None, True],
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE copied (id integer, plain text, awkward text, seal bytea,"
            " perhaps bytea, day date, yes boolean) ON COMMIT DROP"
        )
        copy_columns(cursor, "copied", columns)
        copy_columns(cursor, "copied", {"id": [], "plain": []})
        cursor.execute(f"SELECT {', '.join(columns)} FROM copied ORDER BY id")
        rows = cursor.fetchall()
    for index, (name, values) in enumerate(columns.items()):
        assert [row[index] for row in rows] == values, name


@pytest.mark.django_db
def test_columns_of_unequal_length_are_refused() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE copied (a integer, b integer) ON COMMIT DROP")
        with pytest.raises(ValueError, match="shorter"):
            copy_columns(cursor, "copied", {"a": [1, 2], "b": [1]})
