"""Was any value lost? What was written to a field, as a chain. Pure.

Every value of the soak is new, and a tablet's change is written only where the server holds what
the tablet had seen. So the writes of a field, each `(seen, written)`, must make one chain from its
first value to the present one that leaves none out. A write that was lost breaks it; two writes
over the same value fork it.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass

# So many of those that a broken chain leaves out are named.
TOLD = 5


@dataclass(frozen=True)
class Write:
    """One write. `sure`: somebody was told that it was done; else its answer was lost."""

    seen: Hashable
    written: Hashable
    by: str
    sure: bool = True


def faults(first: Hashable, writes: Iterable[Write], now: Hashable) -> list[str]:
    """What is wrong with the chain; nothing where it is whole."""
    over: dict[Hashable, list[Write]] = defaultdict(list)
    for write in writes:
        over[write.seen].append(write)
    found, value = [], first
    while value in over:
        following = over.pop(value)
        sure = [write for write in following if write.sure]
        if len(sure) > 1:
            names = ", ".join(write.by for write in sure)
            found.append(f"written over {value!r} more than once: {names}")
        # One whose answer was lost counts where nobody else went on from there.
        after = sure or [
            write for write in following if write.written in over or write.written == now
        ]
        if not after:
            break
        value = after[0].written
    if value != now:
        found.append(f"the chain ends with {value!r}, the server holds {now!r}")
    lost = [write.by for rest in over.values() for write in rest if write.sure]
    if lost:
        more = f" and {len(lost) - TOLD} more" if len(lost) > TOLD else ""
        found.append(f"not in the chain: {', '.join(lost[:TOLD])}{more}")
    return found
