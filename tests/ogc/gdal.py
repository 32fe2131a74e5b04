"""GDAL's own programs, of Debian's package gdal-bin, as a GIS office has them."""

import json
import subprocess
from pathlib import Path
from typing import Any

from tests.ogc.conftest import token_of


class Gdal:
    """Connects to a running site as a person, by the header that the page tells."""

    def __init__(self, url: str, user: Any, folder: Path) -> None:
        self.source = f"OAPIF:{url}/ogc/"
        self._folder = folder
        self._env = {
            "PATH": "/usr/bin:/bin",
            "LC_ALL": "C.UTF-8",
            "GDAL_HTTP_HEADERS": f"Authorization: Bearer {token_of(user)}",
        }

    def run(self, program: str, *arguments: str) -> str:
        done = subprocess.run(
            [program, *arguments],
            env=self._env,
            check=False,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        assert "ERROR" not in done.stderr, done.stderr
        return done.stdout

    def layers(self) -> list[str]:
        listed = self.run("ogrinfo", "-ro", "-q", self.source)
        return [line.split()[1] for line in listed.splitlines() if line[:1].isdigit()]

    def features(self, layer: str, *options: str) -> dict[str, Any]:
        """The layer as `ogr2ogr` has it, as GeoJSON in the order of the axes that GDAL keeps."""
        target = self._folder / "out.geojson"
        target.unlink(missing_ok=True)
        self.run("ogr2ogr", "-f", "GeoJSON", str(target), self.source, layer, *options)
        return dict(json.loads(target.read_text()))
