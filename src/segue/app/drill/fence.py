"""Scenes that need a piece of the machine to themselves: a small disk, a network line of their own that can be cut.

Each plays in a child process that has left this machine's mounts or network for namespaces of its own; what it does
there is seen by nobody else, and all of it is gone with the process. Root may do so, and anybody where the kernel lets
people have user namespaces; where it does not, the drill says so and goes on.
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import socket
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

NEW_MOUNTS, NEW_USER, NEW_NET = 0x00020000, 0x10000000, 0x40000000
_PRIVATE = 0x4000 | 0x40000  # MS_REC | MS_PRIVATE: what is mounted here is not mounted anywhere else
_UP, _SET_FLAGS = 0x1, 0x8914
LONGEST = 240.0
NOT_PERMITTED = 77
"""An exit code that Python has for nothing else."""


class NotPermitted(Exception):
    """This machine does not let us; the text says what and why."""


def fenced(scene: str, *given: Any) -> dict[str, list[Any]]:
    """Plays `scene` (`small_disk`, `cut_line`, or `nothing`) of `behind_the_fence` in a process of its own.

    Returns what it tells a tally: lines of trust to `[tried, broken…]`. Raises NotPermitted."""
    command = [sys.executable, "-m", "segue.app.drill.fence", scene, json.dumps(given)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=LONGEST)
    if done.returncode == NOT_PERMITTED:
        raise NotPermitted(done.stdout.strip())
    if done.returncode:
        raise RuntimeError(f"{scene} ended with {done.returncode}: {done.stdout[-500:]}{done.stderr[-3000:]}")
    told: dict[str, list[Any]] = json.loads(done.stdout.splitlines()[-1])
    return told


def leave(what: int) -> None:
    """This process leaves mounts or network. Call it before there are threads. Raises NotPermitted."""
    libc, uid, gid = ctypes.CDLL(None, use_errno=True), os.geteuid(), os.getegid()
    if libc.unshare(what | (NEW_USER if uid else 0)):
        raise NotPermitted(f"no namespace of its own is to be had: {os.strerror(ctypes.get_errno())}")
    if uid:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
        Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")
    if what & NEW_MOUNTS:
        _mount(libc, "none", "/", None, _PRIVATE, None)
    if what & NEW_NET:
        set_line(True)


def small_disk(at: Path, size: int) -> None:
    """A disk of so many bytes at the folder, which must be there."""
    libc = ctypes.CDLL(None, use_errno=True)
    _mount(libc, "drill", str(at), "tmpfs", 0, f"size={size},mode=0755")


def set_line(is_up: bool) -> None:
    """This network's only line, to itself: down, packets vanish, and nobody is told of it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, _SET_FLAGS, struct.pack("16sh14x", b"lo", _UP if is_up else 0))


def _mount(libc: ctypes.CDLL, source: str, at: str, kind: str | None, flags: int, how: str | None) -> None:
    words = [None if word is None else word.encode() for word in (source, at, kind, how)]
    if libc.mount(words[0], words[1], words[2], ctypes.c_ulong(flags), words[3]):
        raise NotPermitted(f"nothing can be mounted at {at}: {os.strerror(ctypes.get_errno())}")


def _main(scene: str, given: list[Any]) -> None:
    try:
        leave({"small_disk": NEW_MOUNTS, "cut_line": NEW_NET}.get(scene, NEW_MOUNTS | NEW_NET))
        if scene == "nothing":
            told: dict[str, list[Any]] = {}
        else:
            from segue.app.drill import behind_the_fence  # only now: what it brings in starts threads

            told = getattr(behind_the_fence, scene)(*given)
    except NotPermitted as error:
        print(error)
        raise SystemExit(NOT_PERMITTED) from error
    print(json.dumps(told))


if __name__ == "__main__":
    _main(sys.argv[1], json.loads(sys.argv[2]))
