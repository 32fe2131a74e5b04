"""Loading roads and water: what the map is found one's way by."""

from collections.abc import Iterable
from dataclasses import dataclass

import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.db import transaction
from django.utils.translation import gettext as _

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
    shape: shapely.Geometry


def replace_reference(
    *,
    acting_user: ActingUser,
    area_code: str,
    layer: ReferenceFeature.Layer,
    features: Iterable[NewFeature],
    dry_run: bool = False,
) -> Counts:
    """Make `features` all that `layer` shows of the area; other areas stay as they are.

    Raises MissingError/NotAllowedError out of scope, InputError for an area that is not there.
    """
    acting_user.require(Permission.BOUNDARY_IMPORT, area_code)
    if not is_area_code(area_code) or not Region.objects.filter(code=area_code).exists():
        raise InputError(
            _("No region has the code %(code)s. Load the regions first, or correct the code.")
            % {"code": area_code[:20]},
            where="area",
        )
    with transaction.atomic():
        old, _rows = ReferenceFeature.objects.filter(layer=layer, area_code=area_code).delete()
        made = ReferenceFeature.objects.bulk_create(
            (
                ReferenceFeature(
                    layer=layer,
                    kind=feature.kind[:20],
                    name=feature.name[:60],
                    area_code=area_code,
                    geom=GEOSGeometry(memoryview(shapely.to_wkb(feature.shape)), srid=CGCS2000),
                )
                for feature in features
            ),
            batch_size=1000,
        )
        if dry_run:
            transaction.set_rollback(True)
            return Counts(new=len(made))
        bump(LAYER, [area_code])
        record(
            acting_user=acting_user,
            action="reference_loaded",
            subject_type="region",
            subject_id=area_code,
            area_code=area_code,
            detail={"layer": str(layer), "new": len(made), "replaced": old},
        )
    return Counts(new=len(made))
