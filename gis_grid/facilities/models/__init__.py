from gis_grid.facilities.models.camera import Camera, CameraState
from gis_grid.facilities.models.check import CameraCheck, CameraFile
from gis_grid.facilities.models.point import RotaRow, ServicePoint

__all__ = ["Camera", "CameraCheck", "CameraFile", "CameraState", "RotaRow", "ServicePoint"]
