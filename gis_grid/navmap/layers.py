"""The layers of the map: one registry that tiles read and lower apps fill.

An app registers its layers from `AppConfig.ready`; a new one needs no change here.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from gis_grid.accounts.policies import Permission
from gis_grid.core.errors import MissingError
from gis_grid.navmap.tiles.params import TileRequest
from gis_grid.navmap.tiles.viewer import Viewer


@dataclass(frozen=True)
class Statement:
    """An SQL expression that yields a tile's bytes (bytea), and its named parameters.

    Every tile statement also has the parameters of `queries.tile_params`.
    """

    sql: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class TileLayer:
    """A layer under `/tiles/{name}/`.

    `statement` starts from what the viewer may see; nothing after it checks again. It is
    the same for all tiles of a zoom: where the tile lies comes by parameters alone.
    `versions` are the data versions that a tile depends on; with `counted` the counts of
    households by area (`AreaCount`) are brought up to date first. `filtered`: it takes the
    filter of households; `sighted`: that of incidents; `dated`: a day of the past. A `personal`
    layer differs from person to person and with the hour: its tiles are shared by nobody and
    drawn anew after a few minutes even where nothing was changed.
    """

    name: str
    statement: Callable[[Viewer, TileRequest], Statement]
    versions: tuple[str, ...]
    min_zoom: int = 0
    filtered: bool = False
    sighted: bool = False
    dated: bool = False
    counted: bool = False
    personal: bool = False
    # Beyond those of every tile: whose scopes have to be the same for two people to share one.
    sees: tuple[Permission, ...] = ()


_layers: dict[str, TileLayer] = {}


def register_layer(layer: TileLayer) -> None:
    _layers[layer.name] = layer


def layer_named(name: str) -> TileLayer:
    """MissingError where no app has registered it."""
    try:
        return _layers[name]
    except KeyError:
        raise MissingError(where="layer") from None


def layer_names() -> tuple[str, ...]:
    return tuple(_layers)
