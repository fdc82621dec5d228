"""Real PostgreSQL and MariaDB servers for tests, each with a password, on loopback and with its own folder."""

import getpass
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from streams.local.kafka import free_port
from streams.local.kafka_place import HOST
from tests.support.services import Server, program

USER, PASSWORD, DATABASE = "reader", "s3cret@pbx", "asterisk"


@dataclass(frozen=True, slots=True)
class SqlServer:
    """A server that runs; `kind` as people write it in an address."""

    kind: str
    port: int

    def url(self, password: str = PASSWORD, database: str = DATABASE) -> sa.URL:
        """As SQLAlchemy wants it for the drivers that ship."""
        driver = {"postgresql": "psycopg", "mysql": "pymysql"}[self.kind]
        name = f"{self.kind}+{driver}"
        return sa.URL.create(name, USER, password, HOST, self.port, database)

    def typed(self, password: str = PASSWORD, database: str = DATABASE) -> str:
        """As people type it."""
        url = self.url(password, database).set(drivername=self.kind)
        return url.render_as_string(hide_password=False)

    @property
    def shown(self) -> str:
        """As messages have it."""
        return f"{self.kind}://{USER}@{HOST}:{self.port}/{DATABASE}"

    def execute(self, *statements: str) -> None:
        """As the user of the tests, who owns the database."""
        engine = sa.create_engine(self.url(), poolclass=sa.NullPool)
        with engine.begin() as connection:
            for statement in statements:
                connection.execute(sa.text(statement))


@contextmanager
def postgresql() -> Iterator[SqlServer]:
    """Debian's server. It refuses to run as root: then as the user that its package made."""
    binaries = max(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name)
    )
    user = "postgres" if os.geteuid() == 0 else None
    with _folder(user) as folder:
        (folder / "password").write_text(PASSWORD)
        data, port = folder / "data", free_port()
        made = [
            str(binaries / "initdb"), f"--pgdata={data}", f"--username={USER}",
            f"--pwfile={folder / 'password'}", "--auth=scram-sha-256", "--encoding=UTF8",
            "--no-locale", "--no-sync",
        ]  # fmt: skip
        _run(made, folder, user)
        command = [
            str(binaries / "postgres"), "-D", str(data), "-h", HOST, "-p", str(port),
            "-c", f"unix_socket_directories={folder}", "-c", "fsync=off",
        ]  # fmt: skip
        server = SqlServer("postgresql", port)
        ready = [str(binaries / "pg_isready"), "-q", "-h", HOST, "-p", str(port)]
        process = Server(
            "postgresql", command, lambda: subprocess.call(ready) == 0, folder / "server.log", user
        )
        with process:
            engine = sa.create_engine(
                server.url(database="postgres"), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool
            )
            with engine.connect() as connection:
                connection.execute(sa.text(f"CREATE DATABASE {DATABASE}"))
            yield server


@contextmanager
def mariadb() -> Iterator[SqlServer]:
    """Debian's server, which speaks MySQL's protocol."""
    found = program("mariadbd", "mariadb-server")
    with _folder(None) as folder:
        data, port, user = folder / "data", free_port(), getpass.getuser()
        made = [
            program("mariadb-install-db", "mariadb-server"), "--no-defaults", f"--datadir={data}",
            f"--user={user}", "--auth-root-authentication-method=normal", "--skip-test-db",
        ]  # fmt: skip
        _run(made, folder, None)
        (folder / "begin.sql").write_text(
            f"CREATE DATABASE {DATABASE};\n"
            f"CREATE USER '{USER}'@'%' IDENTIFIED BY '{PASSWORD}';\n"
            f"GRANT ALL ON *.* TO '{USER}'@'%';\n"
        )
        command = [
            found, "--no-defaults", f"--datadir={data}", f"--bind-address={HOST}", f"--port={port}",
            f"--socket={folder / 'socket'}", f"--init-file={folder / 'begin.sql'}", f"--user={user}",
            "--default-time-zone=+05:30",  # a server in another zone than everything else
            "--skip-name-resolve", "--innodb-flush-log-at-trx-commit=0",
        ]  # fmt: skip
        server = SqlServer("mysql", port)
        with Server("mariadb", command, lambda: _answers(server), folder / "server.log"):
            yield server


def _answers(server: SqlServer) -> bool:
    try:
        server.execute("SELECT 1")
    except sa.exc.OperationalError:
        return False
    return True


def _run(command: list[str], folder: Path, user: str | None) -> None:
    done = subprocess.run(
        command, cwd=folder, user=user, group=user, extra_groups=None if user is None else [],
        text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{command[0]}: {done.stdout[-2000:]}"


@contextmanager
def _folder(user: str | None) -> Iterator[Path]:
    """Not below pytest's folders: only root may look into those, and the path of a socket is short."""
    folder = Path(tempfile.mkdtemp(prefix="queuewatch-sql-"))
    try:
        if user is not None:
            shutil.chown(folder, user, user)
        yield folder
    finally:
        shutil.rmtree(folder)
