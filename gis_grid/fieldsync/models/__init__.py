from gis_grid.fieldsync.models.change import Change
from gis_grid.fieldsync.models.device import Device, EnrolCode
from gis_grid.fieldsync.models.operation import Conflict, Operation, Outcome, Record, Unreadable
from gis_grid.fieldsync.models.upload import Upload

__all__ = [
    "Change",
    "Conflict",
    "Device",
    "EnrolCode",
    "Operation",
    "Outcome",
    "Record",
    "Unreadable",
    "Upload",
]
