"""The sites that may carry the widget, as somebody types them."""

from __future__ import annotations

from segue.store.widget import origin_of
from segue.texts import _


def sites_of(typed: str) -> tuple[list[str], str]:
    """As they are kept, each once, and what is wrong with the first that is none."""
    found = {word: origin_of(word) for word in typed.split()}
    bad = next((word for word, site in found.items() if site is None), None)
    if bad is not None:
        return [], _(
            "%(site)s is no site. Write scheme and host, as in https://app.example.com or https://*.example.com.",
            site=bad[:80],
        )
    return list(dict.fromkeys(site for site in found.values() if site)), ""
