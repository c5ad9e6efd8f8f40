"""The API for machines: `/api/v1`, bearer keys with scopes, problem+json, keyset cursors, events with resume.

Each part is a file of its own; here they become one.
"""

from __future__ import annotations

from fastapi import APIRouter

from segue.web import (
    attachments_api,
    boundary_api,
    contacts_api,
    explaining,
    following_api,
    hands_api,
    learning_api,
    mail_api,
    merging_api,
    people_api,
    reading_api,
    reviews_api,
    shadow_api,
    tags_api,
    teaching,
    worth_api,
    writing_api,
)
from segue.web.routes import MachineRoute

PARTS = (
    writing_api, shadow_api, teaching, explaining, boundary_api, reviews_api, worth_api, learning_api, mail_api,
    attachments_api, tags_api, merging_api, reading_api, hands_api, people_api, contacts_api, following_api,
)  # fmt: skip
"""In the order in which their routes are tried and told."""

router = APIRouter(prefix="/api/v1", route_class=MachineRoute)
for part in PARTS:
    router.routes.extend(part.router.routes)
