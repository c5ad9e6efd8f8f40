"""A real Dovecot for one test: a configuration, a port and mail of its own, gone afterwards. As root or anybody."""

from __future__ import annotations

import getpass
import imaplib
import os
import pwd
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from peers import found

USER, PASSWORD = "support", "secret"
READY_WITHIN = 20.0
SETTINGS = """
base_dir = {place}/run
state_dir = {place}/state
log_path = {place}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
default_internal_user = {account}
default_internal_group = {group}
default_login_user = {account}
first_valid_uid = 1
mail_location = maildir:{place}/mail
mail_fsync = never
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={place}/mail
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


@contextmanager
def dovecot(place: Path, password: str = PASSWORD) -> Iterator[int]:
    """Its port. `place` is an empty folder of the test's; root lends Dovecot the account `nobody`, for it reads no mail
    as root."""
    account = "nobody" if os.geteuid() == 0 else getpass.getuser()
    who, port = pwd.getpwnam(account), _free_port()
    (place / "mail").mkdir()
    for folder in (place, *list(place.parents)[:3]):
        if folder.owner() == getpass.getuser():
            folder.chmod(folder.stat().st_mode | 0o011)
    os.chown(place / "mail", who.pw_uid, who.pw_gid)
    group = subprocess.run(["id", "-gn", account], capture_output=True, text=True, check=True).stdout.strip()
    written = SETTINGS.format(
        place=place, account=account, group=group, uid=who.pw_uid, gid=who.pw_gid, port=port, password=password
    )
    (place / "dovecot.conf").write_text(written)
    command = [str(found("dovecot")), "-F", "-c", str(place / "dovecot.conf")]
    with (place / "said").open("wb") as said:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
    try:
        _until_it_answers(process, port, place)
        yield port
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def client(port: int) -> Iterator[imaplib.IMAP4]:
    """Somebody else who looks into the same mailbox."""
    imap = imaplib.IMAP4("127.0.0.1", port, timeout=10)
    imap.login(USER, PASSWORD)
    try:
        yield imap
    finally:
        imap.logout()


def _until_it_answers(process: subprocess.Popen[bytes], port: int, place: Path) -> None:
    end = time.monotonic() + READY_WITHIN
    while True:
        try:
            imaplib.IMAP4("127.0.0.1", port, timeout=10).logout()
            return
        except (OSError, imaplib.IMAP4.error) as error:
            log = (place / "log").read_text() if (place / "log").exists() else ""
            if process.poll() is not None:
                raise AssertionError(f"Dovecot ended: {(place / 'said').read_text()}{log}") from error
            if time.monotonic() > end:
                raise AssertionError(f"Dovecot does not answer\n{log}") from error
            time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
