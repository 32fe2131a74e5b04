"""A site of nothing but streams: `/7` keeps a page of person 7 informed."""

import asyncio
import os
from typing import Any

from psycopg import Connection

from gis_grid.config.live import Live


class Site:
    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        database = os.environ["LIVE_DATABASE"]
        self._live = Live(lambda: Connection.connect(database, autocommit=True), "test_live")

    async def __rsgi__(self, scope: Any, proto: Any) -> None:
        await self._live.serve(proto, [], int(scope.path[1:]))


site = Site()
