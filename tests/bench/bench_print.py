"""Wall maps and snapshots of the demo town, made as whole prints, and a snapshot opened.

The snapshot is opened in Chromium without a network, on a processor slowed down four times.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from playwright.sync_api import sync_playwright

from tests.bench.figures import Figure, absolute
from tests.browser.site import ROOT, database, manage

NEEDS_COUNTY = False
ROUNDS = 3
SLOWED = 4
TOWN, VILLAGE = "431024111000", "431024111001"
# In a process of its own, that has the demo town for its database; prints seconds.
_MAKE = """
import sys, time, django
django.setup()
from django.utils import translation
from gis_grid.accounts.models import User
from gis_grid.printing.choice import LAYERS, Choice
from gis_grid.printing.making import make
from gis_grid.printing.services.snapshots import take
what, area, out = sys.argv[1:]
user = User.objects.get(username="town")
tags = ("party_member", "deputy", "low_income", "poverty_alleviation")
def chosen(**more):
    return Choice(area=area, layers=tuple(LAYERS), tags=tags, purpose="to be measured", **more)
jobs = {
    "village": lambda: make(user, chosen(size="A0")).pdf,
    "atlas": lambda: make(user, chosen(form="atlas")).pdf,
    "snapshot": lambda: take(acting_user=user, choice=chosen(), days=14).content,
}
with translation.override("zh-hans"):
    began = time.perf_counter()
    content = jobs[what]()
    print(time.perf_counter() - began)
open(out, "wb").write(content)
"""


def run() -> Iterator[Figure]:
    with database(str(settings.DATABASE_OWNER_URL)) as url, tempfile.TemporaryDirectory() as name:
        env = {"DATABASE_URL": url, "DATABASE_OWNER_URL": url, "DEMO": "1"}
        manage(env, "migrate", "--database=owner", "--verbosity=0")
        manage(env, "load_demo")
        folder = Path(name)

        def made(what: str, area: str) -> list[float]:
            return [_made(env, what, area, folder / what) for _ in range(ROUNDS)]

        yield absolute("A0 sheet of a village", made("village", VILLAGE), unit="s", at_most=15)
        yield absolute("atlas of a town, 57 grids", made("atlas", TOWN), unit="s", at_most=60)
        yield absolute("snapshot of a town, made", made("snapshot", TOWN), unit="s")
        for what, most in (("village", None), ("atlas", None), ("snapshot", 10.0)):
            size = (folder / what).stat().st_size / 2**20
            yield absolute(f"{what}, size of the file", [size], unit="MB", at_most=most)
        (folder / "snapshot").rename(folder / "snapshot.html")
        opened = _opened(folder / "snapshot.html")
        title = f"snapshot of a town, opened {SLOWED}x slowed"
        yield absolute(title, opened, unit="ms", at_most=3000)


def _made(env: dict[str, str], what: str, area: str, out: Path) -> float:
    done = subprocess.run(
        [sys.executable, "-c", _MAKE, what, area, str(out)],
        cwd=ROOT, env={**os.environ, **env}, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return float(done.stdout)


def _opened(file: Path) -> list[float]:
    """Milliseconds from navigation until all is drawn."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"]
        )
        times = []
        for _ in range(ROUNDS + 1):
            context = browser.new_context(offline=True)
            page = context.new_page()
            cdp = context.new_cdp_session(page)
            cdp.send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
            page.goto(file.as_uri())
            page.wait_for_selector("html[data-ready=true]")
            times.append(float(page.evaluate("performance.now()")))
            context.close()
        browser.close()
    return times[1:]
