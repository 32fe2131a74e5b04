"""The queries of search find an index that they can use."""

import pytest
from django.db import connection

WAYS = [
    ("household", "head_name LIKE '王%'", "household_text_trgm"),
    ("household", "head_name LIKE '王明%'", "household_text_trgm"),
    ("household", "head_name LIKE '%明华'", "household_text_trgm"),
    ("household", "head_name LIKE '%欧阳明%'", "household_text_trgm"),
    ("household", "address LIKE '%水边组%'", "household_text_trgm"),
    ("household", "code = '431024106001000001'", "household_code_once"),
    ("household", "code LIKE '4310241060%'", "household_code_once"),
    ("resident", "name LIKE '王%'", "resident_name_trgm"),
    ("resident", "name LIKE '%明华'", "resident_name_trgm"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("table", "condition", "index"), WAYS)
def test_search_can_use_an_index(table: str, condition: str, index: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN SELECT id FROM households_{table} WHERE {condition}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert index in plan
    assert "Index Cond" in plan
