"""OGC API – Features and Tiles, for the programs of a GIS office."""
