"""The encoder of a house, and the process that serves it: of all rooms only knowledge is loaded here."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from segue.app.settings import Settings
from segue.domain.errors import Refused
from segue.domain.ports import Encoder
from segue.knowledge.encoder import MiniLM, StandIn
from segue.knowledge.encoder_service import EncoderClient, is_heard, serve


def encoder_for(settings: Settings) -> Encoder:
    """The encoder process where there is one, else the encoder itself."""
    if settings.encoder_socket and Path(settings.encoder_socket).exists():
        return EncoderClient(settings.encoder_socket)
    kinds: dict[str, Callable[[], Encoder]] = {"minilm": MiniLM, "standin": StandIn}
    if settings.encoder not in kinds:
        raise Refused(f"There is no encoder {settings.encoder!r}.", "SEGUE_ENCODER may be minilm or standin.")
    return kinds[settings.encoder]()


def run_encoder(settings: Settings, fd: int | None) -> None:
    """Serves the encoder on its socket until SIGTERM."""
    if fd is None and not settings.encoder_socket:
        raise Refused("No socket is named.", "Give one with --socket, or set SEGUE_ENCODER_SOCKET.")
    listener = socket.socket(fileno=fd) if fd is not None else _listener(Path(settings.encoder_socket))
    serve(listener, encoder_for(replace(settings, encoder_socket="")))


def _listener(path: Path) -> socket.socket:
    """A file left by an earlier start is replaced; the socket of an encoder that lives is not taken from it."""
    if is_heard(path):
        raise Refused(f"Somebody listens on {path} already.", "Name another with --socket.", "--socket")
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen(64)
    return listener
