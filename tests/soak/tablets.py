"""The tablets of a soak: a Node process with all of them, and a journal of what they tell."""

import json
import subprocess
import tempfile
import threading
from collections import Counter, deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from tests.soak import ground
from tests.soak.proxy import LOOPBACK

HERE = Path(__file__).parent
DAY_MS = 24 * 3600 * 1000
DECADE_MS = 3652 * DAY_MS
# How wrong the clocks are at the start; they are put right or wrong on the way.
OFFSETS = (0, 2 * DAY_MS, -2 * DAY_MS, 3 * DECADE_MS, -2 * DECADE_MS, 0)
PICTURES = ((90, 70), (160, 90), (320, 240))


@dataclass
class Journal:
    """What tablets say: `sealed` operations, the last `word` on each, and what went wrong."""

    sealed: dict[str, dict[str, Any]] = field(default_factory=dict)
    words: dict[str, dict[str, Any]] = field(default_factory=dict)
    settled: dict[int, dict[str, Any]] = field(default_factory=dict)
    mirrored: dict[int, dict[str, Any]] = field(default_factory=dict)
    waits: dict[int, dict[str, Any]] = field(default_factory=dict)
    done: set[int] = field(default_factory=set)
    wanting: deque[int] = field(default_factory=deque)
    codes: int = 0
    moved: int = 0
    faults: list[str] = field(default_factory=list)

    def note(self, told: dict[str, Any]) -> None:
        tablet, event = told["tablet"], told["event"]
        if event == "sealed":
            operation = told["operation"]
            self.sealed[operation["op_id"]] = operation
        elif event == "final":
            self.words[told["id"]] = told
        elif event == "code wanted":
            self.wanting.append(tablet)
            self.codes += 1
        elif event == "done":
            self.done.add(tablet)
        elif event == "settled":
            self.settled[tablet] = told
        elif event == "moved":
            self.moved += 1
        elif event == "mirrored":
            self.mirrored[tablet] = told
        elif event == "waits":
            self.waits[tablet] = told
        else:
            self.faults.append(f"tablet {tablet}: {told.get('message', told)}")

    @property
    def outcomes(self) -> Counter[str]:
        return Counter(
            " ".join(filter(None, (word["state"], word["code"]))) for word in self.words.values()
        )

    def with_photos(self) -> set[str]:
        """Records that photos are to hang on."""
        return {one["record"] for one in list(self.sealed.values()) if one["attachments"]}


class Swarm:
    """The Node process. What it tells is noted as it comes."""

    def __init__(self, *, port: int, tablets: int, quota: int, seed: int, kept: Path) -> None:
        self.journal = Journal()
        self.tablets = tablets
        self._folder = tempfile.TemporaryDirectory(prefix="gis-grid-soak-")
        self._kept: BinaryIO = kept.open("wb")
        about = {
            "shared": {
                "seed": seed,
                "quota": quota,
                "base": f"http://{LOOPBACK}:{port}",
                "elsewhere": _box(ground.OTHER_VILLAGE),
                "pictures": _pictures(Path(self._folder.name), seed),
            },
            "tablets": [_about(number) for number in range(tablets)],
        }
        self._process = subprocess.Popen(
            ["node", str(HERE / "swarm.js"), json.dumps(about)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        for line in self._process.stdout or ():
            self._kept.write(line)
            self.journal.note(json.loads(line))

    def order(self, do: str, *, to: int | None = None, **more: Any) -> None:
        given = {"do": do, **more} | ({} if to is None else {"to": to})
        if self._process.stdin and self._process.poll() is None:
            self._process.stdin.write(json.dumps(given).encode() + b"\n")
            self._process.stdin.flush()

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def stop(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._reader.join(10)
        self._kept.close()
        self._folder.cleanup()


def person_of(number: int) -> str:
    return ground.PEOPLE[number % len(ground.PEOPLE)][0]


def _about(number: int) -> dict[str, Any]:
    _name, role, area = ground.PEOPLE[number % len(ground.PEOPLE)]
    villages = ground.VILLAGES if area == ground.TOWN else (area,)
    return {
        "offsetMs": OFFSETS[number % len(OFFSETS)],
        "villages": [_box(village) for village in villages],
        "codes": list(villages),
        "mayNote": role != "surveyor",
        "route": ground.route_of(number),
    }


def _box(village: str) -> dict[str, float]:
    west, south, east, north = ground.box_of(village, 0, ground.GRIDS).bounds
    return {"west": west, "south": south, "width": east - west, "height": north - south}


def _pictures(folder: Path, seed: int) -> list[str]:
    import random

    from PIL import Image

    rng, paths = random.Random(seed), []
    for n, size in enumerate(PICTURES):
        path = folder / f"{n}.jpg"
        noise = Image.frombytes("RGB", size, rng.randbytes(size[0] * size[1] * 3))
        noise.save(path, quality=70)
        paths.append(str(path))
    return paths
