"""A line for each answer: address, time, method, path, status, milliseconds.

Never what stands behind a question mark, nor the page that referred: people may write names and
numbers there. Tiles on the short way have no line: a map asks for dozens at once, the lines
said nothing about anybody that the long way has not said, and writing them took a third of
the time of a tile.
"""

import logging
import time
from urllib.parse import quote

logger = logging.getLogger("gis_grid.access")
_SAFE = "/:@!$&'()*+,;=~"


def note(*, address: str, method: str, path: str, status: int, began: float) -> None:
    """Write the line; `began` by `time.monotonic()`. Nothing in a path can begin a new line."""
    milliseconds = (time.monotonic() - began) * 1000
    logger.info(
        "%s [%s] %s %s %d %.1f",
        address,
        time.strftime("%Y-%m-%d %H:%M:%S %z"),
        method,
        quote(path, safe=_SAFE),
        status,
        milliseconds,
    )
