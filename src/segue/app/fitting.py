"""Fits what is learnt from the workspace's own examples: intent head, tone, confidence with its threshold.

All three are derived: deleting them loses nothing but the time to fit them again.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from segue.app.door import House
