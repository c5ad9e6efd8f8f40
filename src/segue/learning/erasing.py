"""Erasing a customer unlearns them: their rows go at once, and what was fitted with them is fitted anew without.

The two steps are apart because the second takes a while. `erasures.refitted_at` says which erasures still wait for it,
so a worker that dies between them costs nothing but time.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from segue.store.erasure import ErasureStore
from segue.store.learning import LearningStore

Refit = Callable[[], bool]
"""Fits and publishes anew whatever the measures say; whether it could be done now."""


def unlearn(store: ErasureStore, learning: LearningStore, refit: Refit, now: datetime) -> int:
    """Fits anew where somebody was erased since the last time; returns for how many."""
    waiting = store.to_refit()
    if not waiting or not refit():
        return 0
    learning.forget_old_heads()
    store.refitted(waiting, now)
    return len(waiting)
