"""Proposals for fairer grids as pure geometry: where to cut one.

No Django here, and nothing is applied: a proposal is what an operation `split` takes, tried
on the shape given. `ground` tells what a line through the land costs, `ways` finds the
cheapest lines from border to border, `straight` draws them with few vertices, `cutting`
tells what they leave, `dividing` chooses among them.
"""

from gis_grid.territory.suggest.dividing import CannotDivideError, Division, Part, divide

__all__ = ["CannotDivideError", "Division", "Part", "divide"]
