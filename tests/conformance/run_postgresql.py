"""The SQL of the PostgreSQL dialect, in a server that runs for as long as this script."""

import os
import pathlib
import pwd
import shutil
import subprocess
import tempfile

import psycopg

from common import cases, drive
from sql_common import query, quoted, rows, types


def programs():
    """The folder of initdb and pg_ctl: that of the package, or of this machine."""
    try:
        import pgserver

        return pathlib.Path(pgserver.__file__).parent / "pginstall" / "bin"
    except ImportError:
        pass
    folders = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    found = shutil.which("pg_ctl")
    if not found and not folders:
        raise SystemExit("there is no PostgreSQL server: pip install pgserver, or install the server's programs")
    return pathlib.Path(found).resolve().parent if found else folders[-1]


class Server:
    """A server on a socket in a folder of its own; it refuses to run as root, who lends it another user."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))
        self.bin = programs()
        self.user = None
        if os.geteuid() == 0:
            user = next(name for name in ("postgres", "pgserver", "nobody") if is_user(name))
            self.user = user
            shutil.chown(self.folder, user)

    def run(self, program, *arguments):
        environment = {**os.environ, "LC_ALL": "C"}
        subprocess.run(
            [self.bin / program, "-D", self.folder / "data", *arguments],
            check=True,
            user=self.user,
            env=environment,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )

    def __enter__(self):
        self.run("initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync")
        settings = f"-c listen_addresses='' -c unix_socket_directories='{self.folder}' -c fsync=off"
        self.run("pg_ctl", "--wait", "--log", self.folder / "log", "--options", settings, "start")
        return psycopg.connect(host=str(self.folder), user="postgres", dbname="postgres", autocommit=True)

    def __exit__(self, *_):
        self.run("pg_ctl", "--wait", "--mode=immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)


def is_user(name):
    try:
        return bool(pwd.getpwnam(name))
    except KeyError:
        return False


with Server() as connection:

    def score(folder, vectors):
        columns = types(vectors, "double precision", "text")
        connection.execute("DROP TABLE IF EXISTS cases")
        connection.execute(f"CREATE TABLE cases ({', '.join(f'{quoted(name)} {kind}' for name, kind in columns)})")
        names = ", ".join(quoted(name) for name, _ in columns)
        with connection.cursor().copy(f"COPY cases ({names}) FROM STDIN") as copy:
            for case in cases(vectors):
                copy.write_row([case[name] for name, _ in columns])
        result = connection.execute(query(folder, "postgresql"))
        return list(rows([column.name for column in result.description], result.fetchall()))

    version = connection.execute("SHOW server_version").fetchone()[0].split()[0]
    drive(version, score)
    connection.close()
