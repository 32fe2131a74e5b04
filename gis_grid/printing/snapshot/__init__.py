"""A snapshot: the map as one file that opens without a server."""
