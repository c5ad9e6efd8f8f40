"""What is done to a house while it works: beside the block, in a thread of its own, until the block is over."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def meanwhile(work: Callable[[threading.Event], None]) -> Iterator[None]:
    """`work` looks at the event, which says that it is over, and is waited for."""
    is_over = threading.Event()
    thread = threading.Thread(target=work, args=(is_over,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def by_turns(
    ill: Callable[[], None], well: Callable[[], None], pause: Callable[[], float], rest: Callable[[], float]
) -> Callable[[threading.Event], None]:
    """Work for `meanwhile`: ill for `pause` seconds, well for `rest`, and well in the end."""

    def work(is_over: threading.Event) -> None:
        try:
            while not is_over.is_set():
                ill()
                is_over.wait(pause())
                well()
                is_over.wait(rest())
        finally:
            well()

    return work
