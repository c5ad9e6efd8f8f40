"""Logs: one line an event, on stderr; for people at a terminal, as JSON elsewhere. Customers' words stay out of it."""

from __future__ import annotations

import logging
import sys

import structlog


def set_up(level: str) -> None:
    """Raises nothing: an unknown level means info."""
    least = getattr(logging, level.upper(), logging.INFO)
    at_terminal = sys.stderr.isatty()
    shown = structlog.dev.ConsoleRenderer() if at_terminal else structlog.processors.JSONRenderer()
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            shown,
        ],
    )
