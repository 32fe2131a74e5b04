"""What this app hangs into its own registries."""

from gis_grid.navmap.layers import register_layer
from gis_grid.navmap.tiles.facilities import LAYERS as FACILITIES
from gis_grid.navmap.tiles.incidents import LAYER as INCIDENTS
from gis_grid.navmap.tiles.queries import LAYERS


def register() -> None:
    for layer in (*LAYERS, *FACILITIES, INCIDENTS):
        register_layer(layer)
