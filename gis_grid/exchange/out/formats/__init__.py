"""A writer a format; each takes a `Cargo` and a path, and holds some thousand rows at most."""
