"""Where the widget was opened: so that who sets it up sees that it stands on their page.

What a browser says of its page proves nothing, so only sites that may carry the widget are noted, and none more than
once a minute.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from segue.store.imports import Imports
from segue.web.rooms import Rooms

EVERY = timedelta(minutes=1)
MOST = 1000
_noted: dict[tuple[str, str], datetime] = {}


def notice_page(house: Rooms, url: str, allowed: Sequence[str], own_host: str, now: datetime) -> None:
    parts = urlsplit(url)
    origin = f"{parts.scheme}://{parts.netloc}"
    if not (parts.netloc == own_host or any(_covers(site, origin) for site in allowed)):
        return
    last = _noted.get((house.db.conninfo, origin))
    if len(_noted) > MOST:
        _noted.clear()
    if last is None or now - last >= EVERY:
        _noted[house.db.conninfo, origin] = now
        Imports(house.db).seen(origin, f"{origin}{parts.path}", now)


def _covers(site: str, origin: str) -> bool:
    """As browsers read `frame-ancestors`: a star stands for one label or more."""
    pattern = re.escape(site).replace(r"\*\.", r"([A-Za-z0-9-]+\.)+")
    return re.fullmatch(pattern, origin, re.IGNORECASE) is not None
