"""Redrawing a coverage as pure geometry: a sheet of cells goes in, a patch comes out.

No Django here. `lattice` holds coordinates as whole units, `linework` puts lines into
borders, `sheet` is a set of cells and what an operation does to it, `operations` are the
operations, `rules` what must hold after each.
"""
