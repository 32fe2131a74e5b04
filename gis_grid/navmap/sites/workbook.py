"""The register of cameras as an Excel workbook, in the columns that are loaded."""

from typing import IO, Any

from openpyxl import Workbook

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.core.workbook import bold, escaped, sheet_of
from gis_grid.exchange.forms import CAMERAS
from gis_grid.facilities.models import Camera

_WIDTHS = (24, 12, 12, 10, 8, 8, 8, 10, 24, 18, 10, 10, 16, 10, 15, 13, 12)


def write_cameras(out: IO[bytes], *, acting_user: User) -> int:
    """Write the cameras that the person sees and may take out; answers how many.

    Where a home camera looks is not kept, so it stands nowhere.
    """
    seen = Camera.objects.visible_to(acting_user).filter(
        acting_user.scope(Permission.EXPORT).q("area_code")
    )
    book = Workbook(write_only=True)
    count = 0
    with sheet_of(book, CAMERAS.sheets[0], _WIDTHS, frozen=1) as sheet:
        sheet.append([bold(sheet, CAMERAS.title(key)) for key in CAMERAS.columns])
        for camera in seen.order_by("area_code", "pk").iterator():
            cells = _values(camera)
            sheet.append([escaped(cell) if isinstance(cell, str) else cell for cell in cells])
            count += 1
    book.save(out)
    return count


def _values(camera: Camera) -> list[Any]:
    place = camera.geom.coords if camera.geom else ("", "")
    return [
        camera.name,
        camera.get_owner_display(),
        camera.consent_on.isoformat() if camera.consent_on else "",
        camera.get_mounting_display(),
        camera.height_m,
        camera.bearing if camera.bearing is not None else "",
        camera.field_of_view,
        camera.range_m,
        camera.device_code,
        camera.filing_no,
        "是" if camera.has_sign else "否",
        camera.storage_days,
        camera.platform,
        camera.get_state_display(),
        camera.area_code[:12],
        *place,
    ]
