"""Pulling as a tablet does."""

from typing import Any

from tests.conftest import QUANFENG
from tests.fieldsync.tablets import Tablet


def pull(tablet: Tablet, cursor: str = "", *, areas: str = QUANFENG, **query: Any) -> Any:
    words = "".join(f"&{name}={value}" for name, value in query.items())
    status, body = tablet(f"sync/pull?areas={areas}&cursor={cursor}{words}")
    assert status == 200, body
    return body


def keys(page: Any, entity: str) -> list[int]:
    return [row["id"] for row in page["changes"].get(entity, ())]
