"""The child's side of the jail: reads one mail after the other, under limits that only go down.

The one idea: it loads what reads mail and nothing else. A log, a database, a console would be half a second and ten
megabytes for every child, and more that a mail could misuse.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import struct
import sys
from dataclasses import asdict, replace

from segue.domain.mail import Mail
from segue.integrations.mail.reading import read

SECONDS = 3.0
"""For one try."""
MEMORY = 768 * 1024 * 1024
HEAD = struct.Struct("<IQ")
"""Sizes of what comes then, in both directions."""


def _told(mail: Mail) -> bytes:
    """As the parent reads it: JSON, and after it what was attached."""
    bare = asdict(replace(mail, attachments=()))
    bare["attachments"] = [{"name": a.name, "type": a.type, "size": a.size, "content_id": a.content_id}
                           for a in mail.attachments]  # fmt: skip
    bare["at"] = mail.at.isoformat() if mail.at else None
    text = json.dumps(bare).encode()
    bodies = b"".join(a.body for a in mail.attachments)
    return HEAD.pack(len(text), len(bodies)) + text + bodies


def main() -> None:
    """The child: reads one mail after the other until its pipe is closed, under limits that only go down."""
    _limit()
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    sink.write(b"r")
    sink.flush()
    while head := source.read(HEAD.size):
        asked_size, size = HEAD.unpack(head)
        asked, raw = json.loads(source.read(asked_size)), source.read(size)
        _allow_time()
        sink.write(_told(read(raw, **asked)))
        sink.flush()


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(10)  # whoever waits for an answer goes before whoever sends us bombs


def _allow_time() -> None:
    """Seconds of computing for the next mail, beyond what was used; the parent watches the clock besides."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime) + int(SECONDS) + 2
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))


if __name__ == "__main__":
    main()
