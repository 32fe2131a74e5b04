"""Pages of cameras and service points, beside the map."""
