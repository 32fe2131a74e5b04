"""Wall maps, atlases and snapshots: what a person sees of the map, to be taken along."""
