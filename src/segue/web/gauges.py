"""Figures for machines that watch: one value by itself, or one for each of several names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prometheus_client import CollectorRegistry, Gauge


def gauge(registry: CollectorRegistry, name: str, about: str, value: float) -> None:
    Gauge(name, about, registry=registry).set(value)


def gauges(registry: CollectorRegistry, name: str, about: str, label: str, values: Mapping[Any, float]) -> None:
    """`label` says what the keys of `values` are."""
    by_name = Gauge(name, about, [label], registry=registry)
    for key, value in values.items():
        by_name.labels(str(key)).set(value)
