"""Runs the figures: `python -m tests.bench [names]`; called by `bin/bench`.

Each `bench_NAME.py` beside this file has `run() -> Iterator[Figure]` and may have
`NEEDS_COUNTY = False` where it makes its data itself.
"""

import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import django


def names() -> list[str]:
    return sorted(path.stem[6:] for path in Path(__file__).parent.glob("bench_*.py"))


def main(wanted: Sequence[str]) -> int:
    """Exit status 0 where all targets hold, 1 where one is missed, 2 for an unknown name."""
    unknown = sorted(set(wanted) - set(names()))
    if unknown:
        print(f"There is no figure {unknown[0]}. There are: {', '.join(names())}.", file=sys.stderr)
        return 2
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gis_grid.config.settings")
    django.setup()
    from django.core.management import call_command

    call_command("migrate", database="owner", verbosity=0)
    modules = [importlib.import_module(f"tests.bench.bench_{name}") for name in wanted or names()]
    if any(getattr(module, "NEEDS_COUNTY", True) for module in modules):
        from tests.bench import county

        county.ensure()
    missed = 0
    for module in modules:
        for figure in module.run():
            print(figure.line(), flush=True)
            missed += not figure.holds
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
