"""Codes that hold once: those of an app, six figures for half a minute (RFC 6238), and those kept for bad days."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence
from datetime import datetime

DRIFT = 1
"""Half minutes by which a phone's clock may be wrong, either way."""
CODES = 10


def new_app_secret() -> str:
    """160 bits, base32, as it is typed."""
    import pyotp

    return pyotp.random_base32()


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The half minute that `code` belongs to; None where it belongs to none near `now`."""
    import pyotp
    from pyotp.exceptions import OTPVerificationError

    typed = "".join(code.split())
    if len(typed) != 6 or not typed.isascii() or not typed.isdigit():
        return None
    try:
        return pyotp.TOTP(secret).verify_and_get_timecode(typed, for_time=now, valid_window=DRIFT)
    except OTPVerificationError:
        return None


def link(secret: str, email: str) -> str:
    """What an app takes in, as an address."""
    import pyotp

    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name="Segue")


def picture(text: str) -> str:
    """A QR code as SVG that brings no script and no style."""
    import segno

    return segno.make(text, error="m", micro=False).svg_inline(
        border=3, dark="#000", light="#fff", svgclass="qr", lineclass=None, omitsize=True
    )


def grouped(secret: str) -> str:
    """In fours, to be typed."""
    return " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))


def new_codes() -> list[str]:
    """Ten of 80 bits each."""
    raw = (base64.b32encode(secrets.token_bytes(10)).decode().lower() for _ in range(CODES))
    return ["-".join(one[i : i + 4] for i in range(0, 16, 4)) for one in raw]


def as_file(codes: Sequence[str]) -> str:
    return "Recovery codes for Segue. Each opens once.\n\n" + "\n".join(codes) + "\n"
