"""GDAL and GEOS out of the wheels that pip installed.

pyogrio's wheel brings GDAL, shapely's brings GEOS; loading GeoDjango against the same
files means one GEOS for both and no system GDAL to install.
"""

import importlib.util
from pathlib import Path


def _bundled(package: str, pattern: str) -> str | None:
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent.parent / f"{package}.libs"
    found = sorted(folder.glob(pattern))
    return str(found[0]) if found else None


def gdal_library() -> str | None:
    """Path of the GDAL library in pyogrio's wheel, None where the wheel has none."""
    return _bundled("pyogrio", "libgdal*")


def geos_library() -> str | None:
    """Path of the GEOS C library in shapely's wheel, None where the wheel has none."""
    return _bundled("shapely", "libgeos_c*")
