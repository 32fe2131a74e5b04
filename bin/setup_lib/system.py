"""What the machine itself has to bring: found, or installed from Debian's packages."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from ctypes.util import find_library
from dataclasses import dataclass
from pathlib import Path

from setup_lib import postgres_tools
from setup_lib.layout import Layout
from setup_lib.messages import SetupError, say
from setup_lib.shell import output_of, run_logged

NODE_LEAST = 18
FONT_FOLDERS = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path.home() / ".local/share/fonts",
)
CJK_FONT = re.compile(r"cjk|notosanssc|sourcehansans|wqy|simsun|simhei|msyh", re.IGNORECASE)
NO_MAIN_CLUSTER = Path("/etc/postgresql-common/createcluster.d/gis-grid.conf")
PYTHON_VENV = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
POSTGRESQL = "postgresql"
PANGO = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0")


@dataclass(frozen=True)
class Need:
    """Something that must be on the machine; `packages` are Debian's names for it."""

    what: str
    packages: tuple[str, ...]
    is_present: Callable[[], bool]


def needs(*, database: bool, tests: bool) -> list[Need]:
    """All that the machine must have; `database` if we run PostgreSQL ourselves, `tests` if a
    browser is wanted.
    """
    wanted = [
        Need("Python's venv module", (PYTHON_VENV,), has_venv),
        Need("the list of certificate authorities", ("ca-certificates",), has_certificates),
        Need(f"Node.js {NODE_LEAST} or newer, with npm", ("nodejs", "npm"), has_node),
        Need("a Chinese font", ("fonts-noto-cjk",), has_cjk_font),
        Need("Pango, which sets the text of PDF files", PANGO, has_pango),
    ]
    if database:
        wanted.append(Need("PostgreSQL 15 or newer with PostGIS", (POSTGRESQL,), has_postgis))
    if tests:
        wanted.append(Need("Chromium", ("chromium",), lambda: chromium() is not None))
        wanted.append(Need("libatomic, for Playwright", ("libatomic1",), has_libatomic))
        wanted.append(Need("GDAL's programs, as a client", ("gdal-bin",), has_ogr2ogr))
    return wanted


def bench_needs() -> list[Need]:
    """What `bin/bench` wants besides: a client that leaves the processors to the servers."""
    return [Need("the HTTP client wrk", ("wrk",), lambda: shutil.which("wrk") is not None)]


def has_venv() -> bool:
    """Whether this Python can make environments with pip in them (Debian splits that off)."""
    return all(importlib.util.find_spec(name) is not None for name in ("ensurepip", "venv"))


def has_certificates() -> bool:
    """Whether the certificates that package downloads are checked against are there."""
    named = os.environ.get("SSL_CERT_FILE")
    return (
        bool(named and Path(named).is_file())
        or Path("/etc/ssl/certs/ca-certificates.crt").is_file()
    )


def has_node() -> bool:
    """Whether npm and a recent enough Node are on the path."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        return False
    found = re.match(r"v(\d+)\.", output_of("node", "--version"))
    return found is not None and int(found[1]) >= NODE_LEAST


def has_cjk_font() -> bool:
    """Whether some font with Chinese characters is installed."""
    return any(
        CJK_FONT.search(path.name)
        for folder in FONT_FOLDERS
        if folder.is_dir()
        for path in folder.rglob("*.[to]t[fc]")
    )


def has_pango() -> bool:
    """Whether the libraries are there that lay out text in a PDF."""
    return all(find_library(name) for name in ("pango-1.0", "pangoft2-1.0", "harfbuzz-subset"))


def has_postgis() -> bool:
    """Whether some installed PostgreSQL is recent enough and has PostGIS."""
    return postgres_tools.newest() is not None


def chromium() -> str | None:
    """Path of the browser for the browser tests, if there is one."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((found for name in names if (found := shutil.which(name))), None)


def has_ogr2ogr() -> bool:
    """Whether ogr2ogr is there, which the tests connect to the services with."""
    return shutil.which("ogr2ogr") is not None


def has_libatomic() -> bool:
    """Whether the library is there that the Node.js inside Playwright's package is linked to."""
    return find_library("atomic") is not None


def ensure_system(layout: Layout, wanted: Sequence[Need], *, may_install: bool) -> None:
    """Install what is missing, as root or by sudo; with `may_install` off only say it. Raises
    SetupError.
    """
    missing = [need for need in wanted if not need.is_present()]
    if not missing:
        return
    names = sorted({package for need in missing for package in need.packages} - {POSTGRESQL})
    report = "\n".join(f"  - {need.what}" for need in missing)
    shown = " ".join(
        [*names, *(["postgresql postgresql-NN-postgis-3"] if includes_postgresql(missing) else [])]
    )
    if not may_install:
        raise SetupError(
            f"Missing on this machine:\n{report}",
            f"Install it with: apt-get install {shown}\n(NN is the version of PostgreSQL that the "
            f"system offers.)",
            zh="本机缺少以上软件。",
        )
    if shutil.which("apt-get") is None:
        raise SetupError(
            f"Missing on this machine:\n{report}",
            "This system has no apt-get. Install the above with its own package manager and run "
            "the command again.",
            zh="本机缺少以上软件，且不是 Debian/Ubuntu 系统，请自行安装。",
        )
    as_root = root_prefix(shown)
    say(
        f"Missing on this machine, to be installed now:\n{report}",
        "正在安装缺少的软件，需要几分钟。",
    )
    apt_install(layout, as_root, missing, names)
    still = [need.what for need in wanted if not need.is_present()]
    if still:
        raise SetupError(
            f"Installed, and still not found: {', '.join(still)}.",
            f"What the installation said is in {layout.setup_log}.",
        )


def includes_postgresql(missing: Sequence[Need]) -> bool:
    """Whether PostgreSQL is among what is missing."""
    return any(POSTGRESQL in need.packages for need in missing)


def root_prefix(shown: str) -> list[str]:
    """What to put before a command to run it as root. Raises SetupError if there is no way."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        raise SetupError(
            "System packages are missing, and there is neither root nor sudo to install them with.",
            f"Have an administrator run: apt-get install {shown}",
            zh="缺少系统软件，需要管理员安装。",
        )
    say(
        f"By sudo (it may ask for your password): apt-get install {shown}",
        "将用 sudo 安装系统软件，可能要求输入密码。",
    )
    if subprocess.run(["sudo", "--validate"], check=False).returncode != 0:
        raise SetupError("sudo was refused.", f"Have an administrator run: apt-get install {shown}")
    # sudo drops the environment: hand over what keeps apt from asking questions.
    return ["sudo", "DEBIAN_FRONTEND=noninteractive"]


def apt_install(
    layout: Layout, as_root: Sequence[str], missing: Sequence[Need], names: Sequence[str]
) -> None:
    """Install packages and nothing they merely recommend."""
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    install = [*as_root, "apt-get", "install", "--yes", "--no-install-recommends"]
    way_out = (
        f"Is the package mirror within reach, and no other apt running? Details: {layout.setup_log}"
    )
    run_logged(
        layout,
        "Asking for the newest package lists",
        [*as_root, "apt-get", "update"],
        env=quiet,
        way_out=way_out,
    )
    if names:
        run_logged(
            layout, f"Installing {' '.join(names)}", [*install, *names], env=quiet, way_out=way_out
        )
    if includes_postgresql(missing):
        postgis = postgis_package()
        server = postgis.removesuffix("-postgis-3")
        run_logged(
            layout,
            "Installing PostgreSQL's tools",
            [*install, "postgresql-common"],
            env=quiet,
            way_out=way_out,
        )
        with no_main_cluster(as_root):
            run_logged(
                layout,
                f"Installing {server} and {postgis}",
                [*install, server, postgis],
                env=quiet,
                way_out=way_out,
            )


def postgis_package() -> str:
    """Debian's name of PostGIS for the newest PostgreSQL on offer. Raises SetupError if there is
    none.
    """
    found = output_of("apt-cache", "search", "--names-only", "^postgresql-[0-9]+-postgis-3$")
    offers = [line.split()[0] for line in found.splitlines() if line]
    if not offers:
        raise SetupError(
            "The package lists of this machine hold no PostGIS.",
            "On Ubuntu switch on 'universe' (add-apt-repository universe), or set DATABASE_URL to "
            "a server elsewhere.",
        )
    return max(offers, key=lambda name: int(name.split("-")[1]))


@contextmanager
def no_main_cluster(as_root: Sequence[str]) -> Iterator[None]:
    """Meanwhile, keep Debian from making and starting a cluster of its own that nobody asked
    for.
    """
    subprocess.run([*as_root, "mkdir", "-p", NO_MAIN_CLUSTER.parent], check=True)
    subprocess.run(
        [*as_root, "tee", NO_MAIN_CLUSTER],
        input=b"create_main_cluster = false\n",
        stdout=subprocess.DEVNULL,
        check=True,
    )
    try:
        yield
    finally:
        subprocess.run([*as_root, "rm", "-f", NO_MAIN_CLUSTER], check=False)
