"""Set-up of Gis Grid: what `bin/run` and `bin/test` do before, around and after Django.

Standard library only: it runs before the project's own environment exists.
"""
