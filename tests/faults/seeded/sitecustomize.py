"""Plants bugs into every process of a house that is started with this folder on its PYTHONPATH: see faults/bugs.py."""

from __future__ import annotations

import os

for _name in filter(None, os.environ.get("SEGUE_SEEDED", "").split(",")):
    from faults.bugs import plant

    plant(_name)
