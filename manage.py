#!/usr/bin/env python
"""Command line of the project: `manage.py help` lists what it can do."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gis_grid.config.settings")
    from gis_grid.core.command_line import run

    run(sys.argv)


if __name__ == "__main__":
    main()
