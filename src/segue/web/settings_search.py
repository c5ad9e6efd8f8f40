"""A search across the settings: which page, and where on it, for a word of what one wants to set.

The one idea: what can be found is what stands there. The headings below are those of the pages (a test holds that), and
the policy's fields are asked of the policy's own form.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fastapi import APIRouter, Response

from segue.policy.settings import load
from segue.texts import N_, _
from segue.web.lead_page import House, Lead, page
from segue.web.pages import PageRoute, plain
from segue.web.policy_form import form_of
from segue.web.rooms import Rooms
from segue.web.searched import searched

router = APIRouter(route_class=PageRoute, include_in_schema=False)
LONGEST = 100
HEADINGS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("/settings", N_("People"), "", (N_("Role"), N_("E-mail"))),
    ("/settings#invite-title", N_("People"), N_("Invite somebody"), ()),
    ("/settings#teams-title", N_("People"), N_("Teams"), ()),
    ("/settings#language-title", N_("People"), N_("Language"), ()),
    ("/settings/hours#hours-title", N_("Hours and promises"), N_("When people are there"),
     (N_("Time zone"), N_("Holidays"), N_("Country"), N_("State or province"), N_("Days of your own"))),
    ("/settings/hours#targets-title", N_("Hours and promises"), N_("What is promised"), ()),
    ("/settings/channels#widget-title", N_("Channels"), N_("Chat widget"), (N_("Sites that may carry it"),)),
    ("/settings/channels#form-title", N_("Channels"), N_("Contact page and form"), ()),
    ("/settings/channels#mail-title", N_("Channels"), N_("E-mail"), (N_("Address"), N_("Senders are vouched for by"))),
    ("/settings/channels#api-title", N_("Channels"), N_("API"), ()),
    ("/settings/mail", N_("Mail set aside"), "", ()),
    ("/settings/widget#look-title", N_("Chat widget"), N_("How it looks"),
     (N_("Colour"), N_("Colour in dark mode"), N_("Corner of the page"), N_("What the button says"), N_("Greeting"),
      N_("Your company's name, as customers know it"))),
    ("/settings/widget#line-title", N_("Chat widget"), N_("In your pages"), ()),
    ("/settings/widget#form-title", N_("Chat widget"), N_("A form in a page of yours"), ()),
    ("/settings/widget#sites-title", N_("Chat widget"), N_("Who may carry it"),
     (N_("Sites that may carry it, one a line"),)),
    ("/settings/tags", N_("Tags"), "", ()),
    ("/settings/accounts", N_("Accounts"), "", (N_("Tier"),)),
    ("/settings/sign-in#two-title", N_("Signing in"), N_("Who needs a second step"), ()),
    ("/settings/sign-in#provider-title", N_("Signing in"), N_("Your company's own sign-in (OpenID Connect)"),
     (N_("Client id"), N_("Client secret"), N_("Domains whose people become agents by coming"))),
    ("/settings/keys#new-title", N_("API keys"), N_("A new key"), (N_("What it may do"), N_("It ends"))),
    ("/settings/record", N_("Record"), "", ()),
)  # fmt: skip
"""Where it stands, the page, the heading there, and what else stands under it."""


@dataclass(frozen=True, slots=True)
class Place:
    """`holds`: what is set there, as far as it was looked for."""

    path: str
    page: str
    title: str
    holds: tuple[str, ...] = ()


@router.get("/settings/search")
def search(house: House, me: Lead, q: str = "") -> Response:
    words, too_long = searched(plain(q), LONGEST)
    found = sought(house, words) if words else []
    return page(house, me, "settings_search.html", part="", q=words, too_long=too_long, found=found)


def sought(house: Rooms, wanted: str) -> list[Place]:
    """Where each of the words stands; a word's beginning is enough."""
    words = wanted.casefold().split()
    found = []
    for place in _places(house):
        said = f"{place.page} {place.title} {' '.join(place.holds)}".casefold()
        if all(word in said for word in words):
            holds = tuple(one for one in place.holds if any(word in one.casefold() for word in words))
            found.append(Place(place.path, place.page, place.title, holds))
    return found


def _places(house: Rooms) -> Iterator[Place]:
    for path, name, title, holds in HEADINGS:
        yield Place(path, _(name), _(title) if title else "", tuple(_(one) for one in holds))
    live = house.workspace.live_policy()
    if live is None:
        return
    form = form_of(load(live[1]), house.workspace.catalogue(), house.workspace.teams())
    for one in (*form.guardrails, *form.triggers, *form.asking, *form.evidence):
        help = (_(one.help).replace("%%", "%"),) if one.help else ()
        yield Place(f"/policy#{one.name}", _("Policy"), _(one.label).replace("%%", "%"), help)
    yield Place("/policy#categories", _("Policy"), _("4 · Categories: how far the assistant may go"))
