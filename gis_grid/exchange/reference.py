"""Roads and water out of a file of maps, into `replace_reference`."""

from collections.abc import Iterator
from pathlib import Path

from gis_grid.accounts.acting import ActingUser
from gis_grid.core.problems import Counts
from gis_grid.exchange.boundaries import BoundaryReport, features
from gis_grid.exchange.forms import REFERENCE
from gis_grid.territory.models import ReferenceFeature
from gis_grid.territory.services.reference import NewFeature, replace_reference


def import_reference(
    *,
    acting_user: ActingUser,
    path: Path,
    area_code: str,
    shown_as: ReferenceFeature.Layer,
    layers: tuple[str | None, ...] = (None,),
    crs: str | None = None,
    dry_run: bool = False,
) -> Counts:
    """Show the features of `layers` of the file as the area's roads or water.

    Raises InputError where the file can't be read or the area is not there.
    """

    def found() -> Iterator[NewFeature]:
        for layer in layers:
            for _row, texts, shape in features(path, REFERENCE, layer, crs, BoundaryReport()):
                if shape is not None and not shape.is_empty:
                    yield NewFeature(texts.get("kind", ""), texts.get("name", ""), shape)

    replaced = replace_reference(
        acting_user=acting_user,
        area_code=area_code,
        layer=shown_as,
        features=found(),
        dry_run=dry_run,
    )
    return replaced.counts
