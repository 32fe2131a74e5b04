"""Numbers of households on a map: they run as one reads, so that 17 stands beside 16."""

import math
from collections.abc import Sequence


def reading_order(places: Sequence[tuple[float, float]]) -> list[int]:
    """Indexes of the places (metres, north up) in bands from north to south, walked in turn from
    the west and from the east.
    """
    if not places:
        return []
    south = min(y for _x, y in places)
    north = max(y for _x, y in places)
    west = min(x for x, _y in places)
    east = max(x for x, _y in places)
    # Bands about as high as neighbours in one are apart.
    per_area = (north - south) / max(east - west, 1.0)
    bands = max(1, round(math.sqrt(len(places) * per_area / 2)))
    high = (north - south) / bands or 1.0

    def key(index: int) -> tuple[int, float]:
        x, y = places[index]
        band = min(bands - 1, int((north - y) / high))
        return band, x if band % 2 == 0 else -x

    return sorted(range(len(places)), key=key)
