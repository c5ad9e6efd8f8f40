"""In which order the files of a whole run begin, where several processes share them.

The one idea: whoever takes a long file last keeps the others waiting, so the long ones begin first. A browser and its
house want more than one core, and the first house of a run is furnished while all others that want one wait: so files
with a browser stand between others, and the second begins when that is done.
"""

from __future__ import annotations

from collections.abc import Iterable

LONG = (
    "browser/test_accessible.py", "faults/test_model.py", "faults/test_model_again.py", "measures/test_wish.py",
    "measures/test_intents.py", "stories/test_the_demo.py", "stories/test_learning_loop.py",
    "stories/test_signals.py", "stories/test_handing_over.py", "browser/test_keyboard.py", "faults/test_drill.py",
    "browser/test_lead.py", "faults/test_poisoning.py", "browser/test_desk.py", "api/test_openapi.py",
    "browser/test_tools.py", "stories/test_mail.py", "faults/test_database_stops.py", "browser/test_widget.py",
    "stories/test_trying_a_policy.py", "browser/test_setting_up.py", "faults/test_disk.py", "browser/test_shift.py",
    "api/test_authorisation.py", "faults/test_backup.py", "stories/test_ladder.py", "browser/test_slow_line.py",
    "api/test_database_gone.py",
)  # fmt: skip
"""Each takes a worker 25 seconds or more, while the others work too. One that is no longer there does no harm."""


def order_of(files: Iterable[str]) -> dict[str, tuple[int, float]]:
    """What to sort each by: its place among the long ones, then how far on it stands among those of its kind."""
    kinds: dict[bool, list[str]] = {True: [], False: []}
    for one in dict.fromkeys(files):
        if one not in LONG:
            kinds[one.startswith("browser/")].append(one)
    rest = {one: (1, (n + 1) / (len(kind) + 1)) for kind in kinds.values() for n, one in enumerate(kind)}
    return {one: (0, float(n)) for n, one in enumerate(LONG)} | rest
