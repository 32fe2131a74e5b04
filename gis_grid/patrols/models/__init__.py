from gis_grid.patrols.models.route import Checkpoint, Route, RouteVersion, Schedule
from gis_grid.patrols.models.run import Passed, Run, RunNote, TrackPoint
from gis_grid.patrols.models.squad import Squad, SquadMember

__all__ = [
    "Checkpoint",
    "Passed",
    "Route",
    "RouteVersion",
    "Run",
    "RunNote",
    "Schedule",
    "Squad",
    "SquadMember",
    "TrackPoint",
]
