"""Proposals for fairer grids as pure geometry: where to cut one, what to exchange between some.

No Django here, and nothing is applied: a proposal is what an operation `split` or `transfer`
takes, tried on the shapes given. `ground` tells what a line through the land costs, `ways`
finds the cheapest lines from border to border, `straight` draws them with few vertices,
`cutting` tells what they leave, `dividing` and `balancing` choose among them.
"""

from gis_grid.territory.suggest.balancing import Exchange, balance
from gis_grid.territory.suggest.dividing import CannotDivideError, Division, Part, divide

__all__ = ["CannotDivideError", "Division", "Exchange", "Part", "balance", "divide"]
