"""Pages of patrols, beside the map."""
