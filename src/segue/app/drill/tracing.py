"""Faults put into processes that run: strace answers their system calls in the kernel's place."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from segue.app.drill.fence import NotPermitted

TRACED = "fdatasync,fallocate,pwritev,pwritev2"


@contextmanager
def strace(pids: Sequence[int], *expressions: str) -> Iterator[None]:
    """While the block runs, these processes and what they fork suffer what strace's `-e` says.

    Raises NotPermitted where there is no strace, or where it may not look at them."""
    if not (program := shutil.which("strace")):
        raise NotPermitted("there is no strace")
    command = [program, "-f", "-o", os.devnull, "-e", f"trace={TRACED}"]
    command += [word for expression in expressions for word in ("-e", expression)]
    command += [word for pid in pids for word in ("-p", str(pid))]
    tracer = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    assert tracer.stderr
    try:
        for _ in pids:
            if "attached" not in (said := tracer.stderr.readline()):
                raise NotPermitted(f"strace may not: {said.strip()}")
        yield
    finally:
        tracer.send_signal(signal.SIGINT)  # it lets go of them
        tracer.communicate()


def why_not() -> str:
    """Empty where strace is there and may look at a process of ours that is not its child."""
    sleeper = subprocess.Popen(["sleep", "60"])
    try:
        with strace([sleeper.pid]):
            return ""
    except NotPermitted as error:
        return str(error)
    finally:
        sleeper.kill()
        sleeper.wait()
