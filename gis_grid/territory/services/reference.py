"""Loading roads and water: what the map is found one's way by."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.db import transaction
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from gis_grid.accounts.acting import ActingUser
from gis_grid.accounts.policies import Permission
from gis_grid.audit.services import record
from gis_grid.core.codes import is_area_code
from gis_grid.core.crs import CGCS2000
from gis_grid.core.errors import InputError
from gis_grid.core.problems import Counts
from gis_grid.territory.models import ReferenceFeature, Region
from gis_grid.territory.services.versions import bump

LAYER = "reference"


@dataclass(frozen=True)
class NewFeature:
    """A road or a water as it shall be shown: lon/lat EPSG:4490."""

    kind: str
    name: str
    shape: BaseGeometry


@dataclass(frozen=True)
class Replaced:
    """What came new or stayed, and the names (or kinds) of what went."""

    counts: Counts
    gone: list[str]


def replace_reference(
    *,
    acting_user: ActingUser,
    area_code: str,
    layer: ReferenceFeature.Layer,
    features: Iterable[NewFeature],
    dry_run: bool = False,
) -> Replaced:
    """Make `features` all that `layer` shows of the area; other areas stay as they are.

    What is the same in kind, name and shape is not written. Raises MissingError/NotAllowedError
    out of scope, InputError for an area that is not there.
    """
    acting_user.require(Permission.BOUNDARY_IMPORT, area_code)
    if not is_area_code(area_code) or not Region.objects.filter(code=area_code).exists():
        raise InputError(
            _("No region has the code %(code)s. Load the regions first, or correct the code.")
            % {"code": area_code[:20]},
            where="area",
        )
    with transaction.atomic():
        standing = ReferenceFeature.objects.filter(layer=layer, area_code=area_code)
        left: dict[tuple[str, str, bytes], list[int]] = {}
        for one in standing:
            place = _place(shapely.from_wkb(bytes(one.geom.wkb)))
            left.setdefault((one.kind, one.name, place), []).append(one.pk)
        fresh, same = [], 0
        for feature in features:
            kind, name = feature.kind[:20], feature.name[:60]
            shape = _plain(feature.shape)
            if keys := left.get((kind, name, _place(shape))):
                keys.pop()
                same += 1
                continue
            geom = GEOSGeometry(memoryview(shapely.to_wkb(shape)), srid=CGCS2000)
            fresh.append(
                ReferenceFeature(layer=layer, kind=kind, name=name, area_code=area_code, geom=geom)
            )
        gone = [(name or kind, pk) for (kind, name, _shape), keys in left.items() for pk in keys]
        result = Replaced(
            Counts(new=len(fresh), unchanged=same), sorted(name for name, _pk in gone)
        )
        if dry_run or not (fresh or gone):
            return result
        standing.filter(pk__in=[pk for _name, pk in gone]).delete()
        ReferenceFeature.objects.bulk_create(fresh, batch_size=1000)
        bump(LAYER, [area_code])
        record(
            acting_user=acting_user,
            action="reference_loaded",
            subject_type="region",
            subject_id=area_code,
            area_code=area_code,
            detail={"layer": str(layer), "new": len(fresh), "replaced": len(gone)},
        )
    return result


def _plain(shape: BaseGeometry) -> BaseGeometry:
    """One part as itself: shapefiles know lines of several parts only."""
    parts: list[BaseGeometry] = shapely.get_parts(shape).tolist()
    return parts[0] if len(parts) == 1 else shape


def _place(shape: BaseGeometry) -> bytes:
    """What two shapes have in common that are the same to 1e-7°."""
    return bytes(shapely.to_wkb(shapely.transform(_plain(shape), lambda xy: np.round(xy, 7))))
