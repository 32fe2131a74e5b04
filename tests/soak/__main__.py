"""Runs a soak: `python -m tests.soak --operations 2000 --kills 20`; called by `bin/soak`.

Progress goes to stderr, one line of JSON with the figures to stdout. Exit status 1 where anything
was lost, doubled or different; 2 where it did not come to its end.
"""

import argparse
import json
import random
import signal
import sys
import time
from collections.abc import Callable, Sequence, Sized
from contextlib import redirect_stdout
from pathlib import Path
from types import FrameType
from typing import Any

import django

from tests.soak import proxy as proxies
from tests.soak import report, site
from tests.soak.tablets import Swarm, person_of

TICK_S = 0.1
TELL_S = 10.0
# Between two kills: what died shall have come up in most cases, but not in all.
KILL_S = 2.0
# So long everything may take to come to its end once the line is good again.
SETTLE_S = 600.0


def parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/soak", description=__doc__)
    parser.add_argument("--operations", type=int, default=100_000)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--tablets", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=0, help="stop sealing after so long")
    parser.add_argument("--write", action="store_true", help="put the figures into the docs")
    given = parser.parse_args(arguments)
    given.command = " ".join(word for word in arguments if word != "--write")
    return given


class Soak:
    def __init__(self, given: argparse.Namespace) -> None:
        self.given = given
        self.site = site.of_this_checkout(given.seed)
        self.swarm: Swarm | None = None
        self.proxy: proxies.Proxy | None = None
        self._random = random.Random(given.seed + 1)
        self._told = 0.0

    def run(self) -> dict[str, Any]:
        """The figures, with `faults`; `complete` says whether it came as far as was asked."""
        try:
            return self._run()
        finally:
            if self.swarm:
                self.swarm.stop()
            if self.proxy:
                self.proxy.stop()
            self.site.stop()

    def _run(self) -> dict[str, Any]:
        given, site = self.given, self.site
        say("preparing the database")
        site.prepare()
        django.setup()
        from gis_grid.fieldsync.services.uploading import attach_late
        from tests.soak.check import Audit, fields_now
        from tests.soak.office import Office

        self.office = Office(given.seed)
        first = fields_now()
        site.start()
        self.proxy = proxies.Proxy(site.port, given.seed)
        quota = -(-given.operations // given.tablets)
        self.swarm = Swarm(
            port=self.proxy.start(),
            tablets=given.tablets,
            quota=quota,
            seed=given.seed,
            kept=site.layout.logs / "soak-journal.jsonl",
        )
        began = time.monotonic()
        self._work(began)
        worked_s = time.monotonic() - began
        self._settle()
        settled_s = time.monotonic() - began - worked_s
        # As the worker does every five minutes: who is killed between a photo's last byte and its
        # hanging leaves that.
        late = attach_late()
        say("checking")
        # So that a broken chain can be looked into when this process is gone.
        kept = site.layout.logs / "soak-office.jsonl"
        kept.write_text(self.office.told(), encoding="utf-8")
        audit = Audit(self.swarm.journal, self.office, first)
        audit.run()
        found = self.swarm.journal.faults + audit.faults
        missing = set(range(given.tablets)) - self.swarm.journal.mirrored.keys()
        if missing:
            found.append(f"tablets that did not come to their end: {sorted(missing)}")
        kills = sum(site.counts.values())
        return {
            "command": given.command,
            "operations": len(self.swarm.journal.sealed),
            "kills": kills,
            "complete": len(self.swarm.journal.sealed) >= given.operations and kills >= given.kills,
            "tablets": given.tablets,
            "seed": given.seed,
            "minutes": round(worked_s / 60, 1),
            "settled after s": round(settled_s),
            "killed": dict(site.counts),
            "line": dict(self.proxy.counts),
            "office": dict(self.office.counts),
            "codes": self.swarm.journal.codes,
            "moved by rescue file": self.swarm.journal.moved,
            "photos hung late": late,
            **audit.figures,
            "faults": found,
        }

    def _work(self, began: float) -> None:
        """Until all is sealed, or the time is over: kill, correct, redraw, give codes."""
        given, journal = self.given, self._swarm.journal
        until = began + given.minutes * 60 if given.minutes else float("inf")
        office_due = closing_due = killing_due = began
        kills = 0
        while self._swarm.is_alive:
            now = time.monotonic()
            if now > until:
                self._swarm.order("finish")
            is_over = kills >= given.kills or now > until
            if is_over and len(journal.done) == given.tablets:
                break
            self._care()
            # Spread over the work, and none before there is something to lose.
            is_sealed = len(journal.done) == given.tablets
            share = 1.0 if is_sealed else len(journal.words) / given.operations
            due = given.kills * share
            if kills < min(given.kills, due) and now > killing_due and self.site.kill():
                killing_due = now + KILL_S
                kills += 1
            if now >= office_due:
                self.office.act()
                office_due = now + self._random.uniform(0.1, 0.6)
            if now >= closing_due:
                self.office.settle_held()
                self.office.close_old(journal.with_photos())
                closing_due = now + 5
            self._progress()
            time.sleep(TICK_S)

    def _settle(self) -> None:
        """The line is good, nothing is killed any more: until tablets have heard the last of it."""
        self._proxy.faulty = False
        self.site.wait_until_healthy()
        self._swarm.order("settle")
        self._await(self._swarm.journal.settled, self.office.settle_held)
        self._swarm.order("compare")
        self._await(self._swarm.journal.mirrored)

    def _await(self, told: Sized, meanwhile: Callable[[], object] = lambda: None) -> None:
        until = time.monotonic() + SETTLE_S
        while len(told) < self.given.tablets and self._swarm.is_alive:
            if time.monotonic() > until:
                return
            self._care()
            meanwhile()
            self._progress()
            time.sleep(TICK_S)

    def _care(self) -> None:
        """Bring up what is down, and give codes to tablets that want one."""
        self.site.watch()
        wanting = self._swarm.journal.wanting
        for _ in range(len(wanting)):
            number = wanting.popleft()
            code = self.office.code_for(person_of(number))
            if code:
                self._swarm.order("enrol", to=number, code=code)
            else:
                wanting.append(number)

    def _progress(self) -> None:
        if time.monotonic() < self._told + TELL_S:
            return
        self._told = time.monotonic()
        journal = self._swarm.journal
        say(
            f"{len(journal.sealed)} sealed, {len(journal.words)} with a final word,"
            f" {sum(self.site.counts.values())} killed, {len(journal.done)} tablets through,"
            f" {len(journal.settled)} settled, {len(journal.faults)} faults"
        )

    @property
    def _swarm(self) -> Swarm:
        if self.swarm is None:
            raise RuntimeError("no tablets")
        return self.swarm

    @property
    def _proxy(self) -> proxies.Proxy:
        if self.proxy is None:
            raise RuntimeError("no line")
        return self.proxy


def as_ctrl_c(_number: int, _frame: FrameType | None) -> None:
    """What was started is ended in order."""
    raise KeyboardInterrupt


def say(text: str) -> None:
    print(f"· {time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def main(arguments: Sequence[str]) -> int:
    given = parsed(arguments)
    signal.signal(signal.SIGTERM, as_ctrl_c)
    # What sets up the site tells what it makes, and stdout is for the figures alone.
    with redirect_stdout(sys.stderr):
        figures = Soak(given).run()
    print(json.dumps(figures, ensure_ascii=False), flush=True)
    if given.write:
        report.write(figures, Path(__file__).resolve().parents[2] / "docs" / "reliability.md")
    if figures["faults"]:
        return 1
    return 0 if figures["complete"] or given.minutes else 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
