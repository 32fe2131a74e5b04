"""Parsing files that nobody has looked at yet, in a process that can be killed.

The child gets no secret of ours in its environment, limits its own memory, CPU time and
files before it opens anything, and answers in JSON lines. Whatever becomes of it, the
caller gets rows or one plain sentence.
"""

import contextlib
import fcntl
import json
import os
import selectors
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from gis_grid.exchange.refusals import refusal

ROOT = Path(__file__).resolve().parent.parent.parent
MAX_LINE_BYTES = 64 * 2**20
CHUNK_BYTES = 2**20
# Room for a whole message, so that the parser goes on with the next while this one is checked.
PIPE_BYTES = 2**20
_F_SETPIPE_SZ = 1031


@dataclass(frozen=True)
class Limits:
    """What a parser may use: address space, CPU time, silence, and the size of what it writes."""

    memory_mb: int
    cpu_s: int = 120
    silence_s: float = 60
    written_mb: int = 1024


TABLES = Limits(memory_mb=768)
VECTORS = Limits(memory_mb=2048)

# Everything that GDAL was built with but GeoPackage, GeoJSON and Shapefile. `parsers.vector`
# refuses to work where a driver is left that it does not allow.
SKIPPED_DRIVERS = (
    "ADBC,AIVector,AVCBin,AVCE00,AmigoCloud,CSV,CSW,Carto,DGN,DXF,EDIGEO,EEDA,ESRIJSON,"
    "Elasticsearch,FlatGeobuf,GDALG,GML,GPSBabel,GPX,GTFS,GeoJSONSeq,GeoRSS,HTTP,Idrisi,JML,"
    "JSONFG,KML,LIBKML,LVBAG,MBTiles,MEM,MVT,MapInfo File,MapML,MiraMonVector,NGW,OAPIF,ODS,"
    "OGCAPI,OGR_GMT,OGR_PDS,OGR_VRT,OSM,OpenFileGDB,PCIDSK,PDF,PDS4,PGDUMP,PLSCENES,PMTiles,"
    "S57,SQLite,SXF,Selafin,TopoJSON,VDV,VFK,VICAR,WAsP,WFS,XLSX"
)


def _environment() -> dict[str, str]:
    """What the child knows of the world: no key, no database, no way to the network."""
    return {
        "PATH": os.environ.get("PATH", ""),
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "LC_ALL": "C.UTF-8",
        "OPENBLAS_NUM_THREADS": "1",
        "OGR_SKIP": SKIPPED_DRIVERS,
        "GDAL_SKIP": SKIPPED_DRIVERS,
        "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
        "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
        "GDAL_HTTP_MAX_RETRY": "0",
        "GDAL_HTTP_TIMEOUT": "1",
        "GDAL_HTTP_CONNECTTIMEOUT": "1",
        "PROJ_NETWORK": "OFF",
        "OGR_SQLITE_LOAD_EXTENSIONS": "",
        "SQLITE_USE_OGR_VFS": "NO",
    }


def check_path(path: Path) -> None:
    """Refuse, by name alone, what is no file of the machine's own. Raises InputError."""
    if str(path).startswith("/vsi"):
        raise refusal("not_a_path")
    if path.is_symlink():
        raise refusal("link", name=path.name)
    if not path.exists():
        raise refusal("missing", name=str(path))
    if not path.is_file():
        raise refusal("not_a_file", name=str(path))
    if path.stat().st_size == 0:
        raise refusal("empty_file", name=path.name)


def parse(
    parser: str, path: Path, options: Mapping[str, Any], limits: Limits
) -> Iterator[dict[str, Any]]:
    """Messages of the parser `gis_grid.exchange.parsers.<parser>` for the file.

    Raises InputError where the parser refuses the file, dies, or says nothing for too long.
    The child is ended with the iterator, whoever ends it.
    """
    check_path(path)
    request = {"parser": parser, "path": str(path.resolve()), "options": dict(options)}
    request["limits"] = asdict(limits)
    with subprocess.Popen(
        [sys.executable, "-m", "gis_grid.exchange.parsers"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_environment(),
        cwd=ROOT,
        start_new_session=True,
    ) as child:
        try:
            yield from _messages(child, json.dumps(request).encode(), limits)
        finally:
            child.kill()


def _messages(
    child: subprocess.Popen[bytes], request: bytes, limits: Limits
) -> Iterator[dict[str, Any]]:
    if child.stdin is None or child.stdout is None:
        raise RuntimeError("the parser was started without pipes")
    # Beyond what this system allows, the usual 64 kB have to do.
    with contextlib.suppress(OSError):
        fcntl.fcntl(child.stdout, _F_SETPIPE_SZ, PIPE_BYTES)
    with contextlib.suppress(BrokenPipeError):
        child.stdin.write(request)
        child.stdin.close()
    for line in _lines(child.stdout, limits):
        message = json.loads(line)
        if message.get("end"):
            return
        if "refused" in message:
            raise refusal(message["refused"], **message.get("params", {}))
        yield message
    code = child.wait()
    raise refusal("too_much_work" if code in (-9, -24, -25) else "parser_died")


def _lines(stream: IO[bytes], limits: Limits) -> Iterator[bytes]:
    """Lines as they come; InputError after too long a silence or in too long a line."""
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        parts: list[bytes] = []
        size = 0
        while selector.select(limits.silence_s):
            chunk = os.read(stream.fileno(), CHUNK_BYTES)
            if not chunk:
                return
            *complete, rest = chunk.split(b"\n")
            for line in complete:
                yield b"".join([*parts, line])
                parts, size = [], 0
            parts.append(rest)
            size += len(rest)
            if size > MAX_LINE_BYTES:
                raise refusal("parser_died")
    raise refusal("too_much_work")
