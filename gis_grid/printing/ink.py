"""LOOK's map ink on paper: widths in millimetres on A3."""

from gis_grid.core.paper.canvas import Ink

TOWN = Ink("#333333", 0.8, halo=0.45)
LARGE = Ink("#333333", 0.6, halo=0.35)
SMALL = Ink("#666666", 0.33, dash=(1.6, 0.8))
AROUND = Ink("#999999", 0.25, dash=(2.4, 0.7, 0.4, 0.7))
NEW = Ink("#aa3377", 0.8, halo=0.3)
SHADE = "#5b5b52"
HATCH = Ink("#c4cdbb", 0.18)
ROADS = {
    "county": (1.15, "#c9b28a", "#fbf3df"),
    "town": (0.9, "#c9b28a", "#fdf8ea"),
    "village": (0.42, "#c9b28a", ""),
    "lane": (0.22, "#d8c7a6", ""),
}
WATER_FILL, WATER_EDGE = "#dcebf3", "#a9cbe0"
WATER_NAME, ROAD_NAME = "#3f7fa6", "#7d6638"
STREAMS = {"river": 0.9, "stream": 0.4}
SECTOR, SECTOR_BROKEN = "#0077bb", "#cc3311"
ROUTE = Ink("#44556b", 0.6, halo=0.25)
DOT = "#888888"
DEMO = "#aa3377"
