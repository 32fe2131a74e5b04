"""Loading 300,000 checked households against `bulk_create` and bare COPY, and its memory.

Ours reads a CSV file in its limited process, checks every row, encrypts the phones, finds
the grids and writes; the references get ready-made rows without a check. Every run starts
from empty tables and is rolled back. `bulk_create` gets a tenth of the rows, since it would
take minutes: rates are compared, and the smaller index favours the reference.
"""

import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.gis.geos import Point
from django.db import connection, transaction

from gis_grid.accounts.acting import OPERATOR
from gis_grid.core.crypto import encrypt, lookup_hash
from gis_grid.core.problems import ProblemLog
from gis_grid.exchange.forms import HOUSEHOLDS
from gis_grid.exchange.tables import Reading, read_tables
from gis_grid.households.models import Household
from gis_grid.households.services.load import load_households
from tests.bench.figures import Figure, absolute, interleaved, more

ROWS, REFERENCE_ROWS = 300_000, 30_000
ROUNDS = 3
HEAD = "户编号,村代码,地址,户主姓名,联系电话,户籍类型,经度,纬度,标签,备注\n"
FAMILY, GIVEN = "李王张刘陈杨黄周", "明华建国芳丽军伟强平"
COLUMNS = (
    "code, address, head_name, origin, phone_cipher, phone_hash, note, registered_on, geom,"
    " grid_id, area_code"
)


def write_file(path: Path, rows: int, *, last: str = "") -> None:
    """Invented households, each within a small grid of the county; `last` is one more line."""
    rng = random.Random(7)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT left(i.code, 12), ST_X(ST_PointOnSurface(g.geom)),"
            " ST_Y(ST_PointOnSurface(g.geom)) FROM territory_gridversion g"
            " JOIN territory_grid i ON i.id = g.grid_id"
            " WHERE i.level = 'small' AND upper(g.validity) IS NULL ORDER BY i.code"
        )
        cells = cursor.fetchall()
    with path.open("w") as file:
        file.write(HEAD)
        for number in range(rows):
            village, lon, lat = cells[number * len(cells) // rows]
            lon += rng.uniform(-0.002, 0.002)
            lat += rng.uniform(-0.002, 0.002)
            name = rng.choice(FAMILY) + rng.choice(GIVEN) + rng.choice(GIVEN)
            tag = "低保户" if rng.random() < 0.03 else ""
            file.write(
                f"{village}{number:08d},{village},{number % 900}号,{name},"
                f"1990000{number % 10_000:04d},本地,{lon:.7f},{lat:.7f},{tag},\n"
            )
        file.write(last)


def _from_empty(work: Callable[[], None]) -> float:
    """Seconds that `work` takes on empty tables; what it did is rolled back."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE households_household CASCADE")
        began = time.perf_counter()
        work()
        with connection.cursor() as cursor:
            # Foreign keys are looked up at the end: part of the work, for all of them.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        passed = time.perf_counter() - began
        transaction.set_rollback(True)
    return passed


def load(path: Path) -> None:
    with ProblemLog() as problems:
        batches = read_tables(path, [HOUSEHOLDS], Reading())
        result = load_households(
            acting_user=OPERATOR, batches=batches, problems=problems, demo=True
        )
        if not result.written:
            raise RuntimeError(str(problems.first(3)))


def ready_rows(path: Path) -> list[tuple[Any, ...]]:
    """The rows as the table holds them after a load, taken from the database."""
    rows: list[tuple[Any, ...]] = []

    def take() -> None:
        load(path)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {COLUMNS} FROM households_household ORDER BY id")
            rows.extend(cursor.fetchall())

    _from_empty(take)
    return rows


def bare_copy(rows: list[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor:
        raw: Any = cursor.cursor
        with raw.copy(f"COPY households_household ({COLUMNS}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)


def bulk_create(rows: list[tuple[Any, ...]], path: Path) -> None:
    """The rows as objects, the way a Django project loads them; phones are encrypted too."""
    with path.open() as file:
        next(file)
        lines = [line.rstrip("\n").split(",") for line in file]
    Household.objects.bulk_create(
        (
            Household(
                code=cells[0],
                address=cells[2],
                head_name=cells[3],
                origin=Household.Origin.RESIDENT,
                phone_cipher=encrypt(cells[4], purpose="household.phone"),
                phone_hash=lookup_hash(cells[4], purpose="phone"),
                geom=Point(float(cells[6]), float(cells[7]), srid=4490),
                grid_id=row[9],
                area_code=row[10],
            )
            for cells, row in zip(lines, rows, strict=True)
        ),
        batch_size=1000,
    )


# A process begins with the largest size that its parent had, and this one holds all rows:
# a small one between the two starts the command, and says what the command took.
_MEASURE = """
import resource, subprocess, sys
done = subprocess.run([sys.executable, "manage.py", "import_households", *sys.argv[1:]],
                      stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, "999999999999" in done.stderr)
"""


def peak_mb(path: Path) -> float:
    """Largest resident size of the command and of its parser, in MB; nothing is written."""
    told = subprocess.run(
        [sys.executable, "-c", _MEASURE, str(path), "--demo"],
        cwd=settings.BASE_DIR,
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    ).stdout.split()
    if told[1] != "True":
        raise RuntimeError("the command did not come to the row that is wrong")
    return int(told[0]) / 1024


def run() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        large, small = Path(folder, "large.csv"), Path(folder, "small.csv")
        write_file(large, ROWS)
        write_file(small, REFERENCE_ROWS)
        rows = ready_rows(large)
        few = ready_rows(small)
        times = interleaved(
            ROUNDS,
            {
                "ours": lambda: _from_empty(lambda: load(large)),
                "copy": lambda: _from_empty(lambda: bare_copy(rows)),
                "bulk_create": lambda: _from_empty(lambda: bulk_create(few, small)),
            },
        )
        ours = [ROWS / seconds for seconds in times["ours"]]
        created = [REFERENCE_ROWS / seconds for seconds in times["bulk_create"]]
        copied = [ROWS / seconds for seconds in times["copy"]]
        yield more("import_vs_bulk_create", ours, created, at_least=15, unit="rows/s")
        yield more("import_vs_copy", ours, copied, at_least=0.7, unit="rows/s")
        # One row of a village that is not there: all is checked, nothing is written.
        bad = "x,999999999999,1号,李明,,本地,,,,\n"
        write_file(large, ROWS, last=bad)
        write_file(small, REFERENCE_ROWS, last=bad)
        memory = interleaved(
            ROUNDS, {"large": lambda: peak_mb(large), "small": lambda: peak_mb(small)}
        )
        growth = [a / b for a, b in zip(memory["large"], memory["small"], strict=True)]
        yield absolute("import_memory", growth, unit="x", at_most=1.2)
