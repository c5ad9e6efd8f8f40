"""The policy a lead writes: typed settings, read from YAML and written back."""

from segue.policy.settings.edit import changed
from segue.policy.settings.fitted import fitted
from segue.policy.settings.model import Policy
from segue.policy.settings.written import FIRST, STARTERS, dump, faults, load, starter, starter_text

__all__ = ["FIRST", "STARTERS", "Policy", "changed", "dump", "faults", "fitted", "load", "starter", "starter_text"]
