"""Photos, files and sound of a camera's site; never what a camera sees."""

from django.db import transaction
from django.utils.translation import gettext as _

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.core.attachments.files import Shelf
from gis_grid.core.attachments.hanging import hang, sent_before
from gis_grid.core.errors import MissingError, NotAllowedError
from gis_grid.core.finding import held
from gis_grid.facilities.models import Camera, CameraFile
from gis_grid.facilities.selectors import the_camera
from gis_grid.facilities.services.placing import log

SHELF = Shelf("cameras")
MOST_FILES = 100


def attach_to_camera(*, acting_user: User, camera_id: int, name: str, content: bytes) -> CameraFile:
    """Add a file; the very same file again is the one that is there.

    By whoever checks sites or keeps the register. MissingError out of sight, NotAllowedError
    without the permission, InputError or TooLargeError for what is not taken.
    """
    camera = the_camera(acting_user, camera_id)
    _require(camera, acting_user)
    known = sent_before(camera.files, content)
    if known is not None:
        return known
    kept = SHELF.keep(content)
    with transaction.atomic():
        camera = held(Camera.objects.visible_to(acting_user), camera_id)
        _require(camera, acting_user)
        row, is_new = hang(camera.files, kept, name=name, by=acting_user.pk, most=MOST_FILES)
        if is_new:
            log(camera, acting_user, "camera_file_added")
    return row


def _require(camera: Camera, user: User) -> None:
    permissions = (Permission.CAMERA_CHECK, Permission.CAMERA_EDIT)
    if not any(user.may(one, camera.area_code) for one in permissions):
        raise NotAllowedError(_("Your role does not add files to this camera."))


def open_camera_file(
    *, acting_user: User, camera_id: int, file_id: int, thumb: bool = False
) -> tuple[CameraFile, bytes]:
    """The file or its small picture, for whoever sees the camera; the whole one is logged."""
    camera = the_camera(acting_user, camera_id)
    row = camera.files.filter(pk=file_id).first()
    if row is None or (thumb and not row.thumb_digest):
        raise MissingError
    content = SHELF.read(row.thumb_digest if thumb else row.digest)
    if not thumb:
        log(camera, acting_user, "camera_file_read")
    return row, content
