"""The policy a lead writes: typed settings, read from YAML and written back."""

from segue.policy.settings.model import Policy
from segue.policy.settings.written import STARTERS, dump, load, starter

__all__ = ["STARTERS", "Policy", "dump", "load", "starter"]
