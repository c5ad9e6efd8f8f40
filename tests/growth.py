"""How fast the cost of reading a text grows with its length: the same on a fast machine and on a slow one.

One idea: a pattern that tries again from every character costs sixteen times as much for a text four times as long; one
that reads on costs four times as much. So the two lengths are read in turn and the least of each is compared, and no
test holds a clock against a number of seconds.
"""

import time
from collections.abc import Callable

SHORT, LONG = 2_000, 8_000  # characters; of one message no more than the second is read
TRIES = 12
READS_ON = 9.0  # four times the text: 4 for one that reads on, 16 for one that tries again from every character


def reads_on(read: Callable[[str], object], piece: str) -> bool:
    """Whether `read` costs in the order of the text's length for `piece` again and again.

    Each reading is of a text a character longer than the last, so nothing is remembered from it. The least of up to
    `TRIES` readings of either length are compared; it ends with the first that shows it.
    """
    read(_of(piece, SHORT))  # what is read or made when a word is first met is not counted
    short = long = float("inf")
    for n in range(1, TRIES + 1):
        short, long = min(short, _cost(read, _of(piece, SHORT + n))), min(long, _cost(read, _of(piece, LONG + n)))
        if long <= READS_ON * short:
            return True
    return False


def _of(piece: str, length: int) -> str:
    return (piece * length)[:length]


def _cost(read: Callable[[str], object], text: str) -> float:
    began = time.process_time()
    read(text)
    return time.process_time() - began
