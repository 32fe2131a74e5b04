"""The private database of `bin/run` and the one of `bin/test`: cluster and environment file
together.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from setup_lib import cluster as clusters
from setup_lib import envfile
from setup_lib.cluster import Cluster
from setup_lib.cluster_sql import ADMIN, DATABASE
from setup_lib.layout import Layout
from setup_lib.messages import SetupError
from setup_lib.processes import LOOPBACK, free_port

OWNER, WEB = clusters.ROLES
ADMIN_KEY = "CLUSTER_ADMIN_PASSWORD"


@dataclass(frozen=True)
class Database:
    """A private cluster, the file that holds its addresses, and which role stands behind which
    key.
    """

    cluster: Cluster
    env_file: Path
    role_by_key: Mapping[str, str]


def for_run(layout: Layout) -> Database:
    """The database of `bin/run`: durable; the application works as the web role."""
    roles = {"DATABASE_URL": WEB, "DATABASE_OWNER_URL": OWNER}
    return Database(Cluster(layout, layout.var / "pg", durable=True), layout.var / "env", roles)


def for_tests(layout: Layout) -> Database:
    """The database of `bin/test`: fleeting; tests work as the owner, who may make databases."""
    roles = {"DATABASE_URL": OWNER, "DATABASE_OWNER_URL": OWNER, "DATABASE_WEB_URL": WEB}
    return Database(
        Cluster(layout, layout.var / "test-pg", durable=False), layout.var / "test-env", roles
    )


def ensure_secrets(env_file: Path) -> dict[str, str]:
    """Add to the environment file what it lacks of the keys that every checkout needs."""
    return envfile.update(env_file, envfile.fresh_secrets() | envfile.read(env_file))


def ensure_running(database: Database) -> bool:
    """Make the cluster if there is none, start it if it is down, write its addresses to the
    environment file; give the roles their passwords again.

    Returns whether it was started here (who starts it, stops it). Raises SetupError.
    """
    cluster = database.cluster
    present = envfile.read(database.env_file)
    is_made = cluster.exists()
    if is_made and known_passwords(database, present) is None:
        raise SetupError(
            f"{database.env_file} is missing or incomplete; it holds the keys to the data in "
            f"{cluster.place}.",
            f"Bring it back from a copy; or, to begin anew WITHOUT that data, delete "
            f"{cluster.place} and run again.",
            zh="缺少密钥文件，无法读取已有数据：请从备份恢复该文件。",
        )
    # The passwords are on disk before the cluster that takes them over, so an interruption loses
    # neither.
    keys = known_passwords(database, present) or clusters.passwords()
    port = port_of(present) or free_port()
    write_addresses(database, keys, port)
    if not is_made:
        clusters.make(cluster, keys)
    running = cluster.running_port()
    actual = running or clusters.start(cluster, port)
    write_addresses(database, keys, actual)
    if is_made:
        clusters.restore_roles(cluster, actual, keys)
    return running is None


def known_passwords(database: Database, present: Mapping[str, str]) -> dict[str, str] | None:
    """The passwords by role that the environment file holds, or None if some is missing."""
    found = {
        role: urlsplit(present.get(key, "")).password for key, role in database.role_by_key.items()
    }
    found[ADMIN] = present.get(ADMIN_KEY)
    complete = {role: password for role, password in found.items() if password}
    return complete if len(complete) == len(found) else None


def port_of(present: Mapping[str, str]) -> int | None:
    """The port that the cluster had last time."""
    return urlsplit(present.get("DATABASE_OWNER_URL", "")).port


def write_addresses(database: Database, keys: Mapping[str, str], port: int) -> None:
    """Write the addresses and passwords into the environment file."""
    urls = {
        key: f"postgres://{role}:{keys[role]}@{LOOPBACK}:{port}/{DATABASE}"
        for key, role in database.role_by_key.items()
    }
    ensure_secrets(database.env_file)
    envfile.update(database.env_file, urls | {ADMIN_KEY: keys[ADMIN]})
