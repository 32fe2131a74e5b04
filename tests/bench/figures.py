"""A figure: ours against a reference, in interleaved rounds, by medians.

Noise on shared cores is ±30 %: a number alone says little, two of one run say something.
"""

import json
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Figure:
    """One line of `bin/bench`. `ours` and `reference` are medians in `unit`.

    `reference` and `ratio` are None for a figure that stands by itself; `target` reads
    `>=5` or `<=1.3` and is compared with the ratio, or without one with `ours`; "" is a
    figure that is only told.
    """

    name: str
    unit: str
    ours: float
    reference: float | None
    ratio: float | None
    target: str
    holds: bool
    rounds: int

    def line(self) -> str:
        return json.dumps(
            {
                key: float(f"{value:.4g}") if isinstance(value, float) else value
                for key, value in asdict(self).items()
            },
            ensure_ascii=False,
        )


def _figure(
    name: str,
    unit: str,
    ours: Sequence[float],
    reference: Sequence[float],
    ratio: Callable[[float, float], float] | None,
    target: str,
) -> Figure:
    mine = statistics.median(ours)
    theirs = statistics.median(reference) if reference else None
    quotient = ratio(mine, theirs) if ratio and theirs is not None else None
    judged = mine if quotient is None else quotient
    return Figure(name, unit, mine, theirs, quotient, target, _holds(judged, target), len(ours))


def _holds(value: float, target: str) -> bool:
    if not target:
        return True
    limit = float(target[2:])
    return value >= limit if target.startswith(">=") else value <= limit


def faster(
    name: str, ours_s: Sequence[float], reference_s: Sequence[float], *, at_least: float
) -> Figure:
    """Times in seconds: the reference has to take `at_least` times as long."""
    return _figure(name, "s", ours_s, reference_s, lambda a, b: b / a, f">={at_least:g}")


def more(
    name: str,
    ours: Sequence[float],
    reference: Sequence[float],
    *,
    at_least: float | None,
    unit: str = "1/s",
) -> Figure:
    """Rates: ours has to be `at_least` times the reference (None: only told)."""
    target = "" if at_least is None else f">={at_least:g}"
    return _figure(name, unit, ours, reference, lambda a, b: a / b, target)


def within(
    name: str, ours_s: Sequence[float], reference_s: Sequence[float], *, at_most: float
) -> Figure:
    """Times in seconds: ours may take `at_most` times the reference's."""
    return _figure(name, "s", ours_s, reference_s, lambda a, b: a / b, f"<={at_most:g}")


def absolute(
    name: str, ours: Sequence[float], *, unit: str, at_most: float | None = None
) -> Figure:
    """A figure without a reference, with or without a limit."""
    target = "" if at_most is None else f"<={at_most:g}"
    return _figure(name, unit, ours, [], None, target)


def at_least(name: str, ours: Sequence[float], *, target: float, unit: str = "1/s") -> Figure:
    """A figure without a reference that has to reach a number."""
    return _figure(name, unit, ours, [], None, f">={target:g}")


def interleaved(
    rounds: int, runs: Mapping[str, Callable[[], float]], *, warm_up: int = 0
) -> dict[str, list[float]]:
    """Measure each of `runs` once a round, every other round in the opposite order.

    `warm_up` rounds go before and are not kept.
    """
    found: dict[str, list[float]] = {name: [] for name in runs}
    for number in range(-warm_up, rounds):
        order = list(runs.items())
        for name, run in order if number % 2 == 0 else reversed(order):
            value = run()
            if number >= 0:
                found[name].append(value)
    return found
