"""A private PostgreSQL cluster: made whole or not at all, on loopback only, never run by root."""

import os
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from setup_lib import postgres_tools, server_user
from setup_lib.cluster_sql import ADMIN, preparation, restoration
from setup_lib.layout import Layout
from setup_lib.messages import SetupError, say
from setup_lib.postgres_tools import PostgresTools
from setup_lib.processes import LOOPBACK, free_port, is_port_free
from setup_lib.shell import tail

START_TRIES = 5
RETRY_S = 0.5
START_PATIENCE_S = 120
ROLES = ("gis_grid_owner", "gis_grid_web")
SETTINGS = {
    "listen_addresses": f"'{LOOPBACK}'",
    "unix_socket_directories": "''",
    "password_encryption": "scram-sha-256",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "effective_cache_size": "1GB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "logging_collector": "on",
    "log_directory": "'log'",
    "log_filename": "'postgresql-%a.log'",
    "log_truncate_on_rotation": "on",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
}
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
# For tests, whose data nobody misses after a power cut.
FLEETING = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Cluster:
    """A cluster at `place` (a folder, or a link to one where the server's user can work)."""

    layout: Layout
    place: Path
    durable: bool

    @property
    def data(self) -> Path:
        """The data folder itself."""
        return self.place.resolve()

    @property
    def start_log(self) -> Path:
        """What the server says before its own log begins."""
        return self.data / "start.log"

    def exists(self) -> bool:
        """Whether the cluster was made to the end."""
        return (self.data / "PG_VERSION").is_file()

    def running_port(self) -> int | None:
        """The port that the cluster's server listens on, or None while it is down.

        The number in `postmaster.pid` alone proves nothing (it may be stale and taken by another
        program): a server works inside its data folder.
        """
        try:
            lines = (self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
            where = Path(f"/proc/{int(lines[0])}/cwd").readlink()
            return int(lines[3]) if where == self.data else None
        except (OSError, ValueError, IndexError):
            return None


def passwords() -> dict[str, str]:
    """New passwords of the administrator and the two roles, by role."""
    return {role: secrets.token_urlsafe(24) for role in (ADMIN, *ROLES)}


def make(cluster: Cluster, keys: Mapping[str, str]) -> None:
    """Make the cluster with its roles, database and extensions, under another name until it is
    whole.

    `keys`: password by role. Raises SetupError; a broken earlier try is cleared away first.
    """
    tools = postgres_tools.newest()
    if tools is None:
        raise SetupError(
            "PostgreSQL 15 or newer with PostGIS is not installed.",
            "Run the command without --no-install.",
        )
    clear_half_made(cluster, tools)
    home = server_user.home_for(cluster.place)
    unfinished = Cluster(cluster.layout, home / unfinished_place(cluster).name, cluster.durable)
    say("· Making the database cluster …", "正在创建数据库 …")
    server_user.make_folder(unfinished.place)
    if unfinished.place != unfinished_place(cluster):
        unfinished_place(cluster).symlink_to(unfinished.place)
    init(unfinished, tools, keys[ADMIN])
    port = start(unfinished, free_port())
    try:
        prepare(tools, port, keys)
    finally:
        stop(unfinished)
    finished = home / cluster.place.name
    unfinished.place.rename(finished)
    if finished != cluster.place:
        unfinished_place(cluster).unlink()
        cluster.place.symlink_to(finished)
        say(
            f"  (it lies in {finished}: PostgreSQL does not run as root, and its user cannot enter "
            f"{cluster.layout.root})"
        )


def unfinished_place(cluster: Cluster) -> Path:
    """Where a cluster is made (or a link to there): what lies here when nobody is making one was
    interrupted.
    """
    return cluster.place.with_name(f"{cluster.place.name}.unfinished")


def clear_half_made(cluster: Cluster, tools: PostgresTools) -> None:
    """Remove what an interrupted earlier try has left, its server too."""
    if cluster.place.is_symlink() and not cluster.exists():
        cluster.place.unlink()
    rest = Cluster(cluster.layout, unfinished_place(cluster), cluster.durable)
    if rest.place.exists():
        say(
            f"· An earlier start was interrupted; clearing away {rest.place}",
            "清理上次未完成的数据库。",
        )
        if rest.running_port() is not None:
            pg_ctl(rest, tools, ["stop", "-m", "immediate", "-w"])
        shutil.rmtree(rest.data)
    if rest.place.is_symlink():
        rest.place.unlink()
    if cluster.place.exists() and not cluster.exists():
        raise SetupError(
            f"{cluster.place} is not a database cluster, though it is in the place of one.",
            "Look what it is and move it away; then run the command again.",
        )


def init(cluster: Cluster, tools: PostgresTools, admin_password: str) -> None:
    """Run `initdb` and add our settings. The password goes by a file, never by the command line."""
    with tempfile.NamedTemporaryFile("w", dir=cluster.place.parent, prefix=".pw-") as file:
        file.write(admin_password)
        file.flush()
        server_user.give(Path(file.name))
        options = "--data-checksums --encoding=UTF8 --locale=C.UTF-8 --auth=scram-sha-256"
        named: list[str | Path] = [
            "--pgdata",
            cluster.data,
            "--username",
            ADMIN,
            "--pwfile",
            file.name,
        ]
        outcome = server_user.run([tools.bin / "initdb", *options.split(), *named])
    if outcome.returncode != 0:
        raise SetupError(
            f"initdb could not make a database cluster in {cluster.place}:\n{outcome.stdout}",
            "Most often the disk is full or the folder is not writable.",
        )
    with (cluster.data / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write("\ninclude 'gis_grid.conf'\n")


def prepare(tools: PostgresTools, port: int, keys: Mapping[str, str]) -> None:
    """Make roles, extensions and the database in a running new cluster."""
    for database, statements in preparation(keys):
        outcome = as_admin(tools, port, keys, database, statements)
        if outcome.returncode != 0:
            raise SetupError(
                f"The new database could not be prepared:\n{outcome.stderr}",
                "Run the command again.",
            )


def restore_roles(cluster: Cluster, port: int, keys: Mapping[str, str]) -> None:
    """Give both roles the passwords in `keys` and no settings of their own. Raises SetupError."""
    for database, statements in restoration(keys):
        outcome = as_admin(tools_for(cluster), port, keys, database, statements)
        if outcome.returncode != 0:
            # The statements hold passwords: only what the server says about them is shown.
            said = [line for line in outcome.stderr.splitlines() if "PASSWORD" not in line]
            raise SetupError(
                "The database does not take the logins of the environment file:\n"
                + "\n".join(said),
                "Bring that file back from the copy that belongs to this database.",
                zh="数据库不接受环境文件中的口令：请从备份恢复与该数据库对应的环境文件。",
            )


def as_admin(
    tools: PostgresTools, port: int, keys: Mapping[str, str], database: str, statements: str
) -> "subprocess.CompletedProcess[str]":
    """Run statements as the administrator; the first that fails is the last."""
    options = f"--no-psqlrc -q -v ON_ERROR_STOP=1 -h {LOOPBACK} -p {port} -U {ADMIN} --no-password"
    return subprocess.run(
        [tools.bin / "psql", *options.split(), database],
        input=statements,
        env=os.environ | {"PGPASSWORD": keys[ADMIN]},
        capture_output=True,
        text=True,
        check=False,
    )


def start(cluster: Cluster, preferred_port: int) -> int:
    """Start the server and return its port: the preferred one, or another if that is taken. Raises
    SetupError.
    """
    tools = tools_for(cluster)
    drop_stale_pid_file(cluster)
    port = preferred_port if is_port_free(preferred_port) else free_port()
    for _ in range(START_TRIES):
        write_settings(cluster, port)
        outcome = pg_ctl(
            cluster,
            tools,
            ["start", "-w", "-t", str(START_PATIENCE_S), "-l", str(cluster.start_log)],
        )
        if outcome.returncode == 0:
            return port
        # Somebody may have taken the port between the look and the start, or the last processes
        # of a server that was killed may still be leaving.
        time.sleep(RETRY_S)
        port = preferred_port if is_port_free(preferred_port) else free_port()
    raise SetupError(
        f"The database server in {cluster.place} does not start. The last it "
        f"said:\n{tail(cluster.start_log)}",
        f"Its own log is in {cluster.data / 'log'}.",
        zh="数据库无法启动，请查看上面的提示。",
    )


def stop(cluster: Cluster) -> None:
    """Stop the server cleanly; nothing happens if it is down."""
    if cluster.running_port() is None:
        return
    outcome = pg_ctl(
        cluster, tools_for(cluster), ["stop", "-m", "fast", "-w", "-t", str(START_PATIENCE_S)]
    )
    if outcome.returncode != 0:
        raise SetupError(f"The database server in {cluster.place} does not stop:\n{outcome.stdout}")


def drop_stale_pid_file(cluster: Cluster) -> None:
    """Remove a `postmaster.pid` whose number now belongs to a program that is no PostgreSQL server.

    PostgreSQL itself sees to numbers that nobody has; for one that somebody has it refuses to
    start.
    """
    pid_file = cluster.data / "postmaster.pid"
    if not pid_file.exists() or cluster.running_port() is not None:
        return
    first = pid_file.read_text(encoding="utf-8").split("\n", 1)[0].strip()
    name = Path(f"/proc/{first}/comm")
    if first.isdigit() and name.exists() and "postgres" not in name.read_text(encoding="utf-8"):
        say(f"· A stale {pid_file.name} of a server that was not ended cleanly was removed.")
        pid_file.unlink()


def tools_for(cluster: Cluster) -> PostgresTools:
    """The programs of the very version that made the cluster."""
    major = (cluster.data / "PG_VERSION").read_text(encoding="ascii").strip()
    for tools in postgres_tools.installed():
        if str(tools.major) == major:
            return tools
    raise SetupError(
        f"The database in {cluster.place} was made by PostgreSQL {major}, which is no longer "
        f"installed (or has no PostGIS).",
        f"Install it again: apt-get install postgresql-{major} postgresql-{major}-postgis-3",
        zh=f"数据库由 PostgreSQL {major} 创建，请重新安装该版本。",
    )


def write_settings(cluster: Cluster, port: int) -> None:
    """Write the settings that differ from PostgreSQL's own."""
    settings = SETTINGS | (DURABLE if cluster.durable else FLEETING) | {"port": str(port)}
    path = cluster.data / "gis_grid.conf"
    path.write_text(
        "".join(f"{name} = {value}\n" for name, value in settings.items()), encoding="utf-8"
    )
    server_user.give(path)


def pg_ctl(
    cluster: Cluster, tools: PostgresTools, arguments: Sequence[str]
) -> "subprocess.CompletedProcess[str]":
    """Run `pg_ctl` on the cluster."""
    return server_user.run([tools.bin / "pg_ctl", "--pgdata", cluster.data, *arguments])
