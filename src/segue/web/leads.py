"""The pages of leads, all of them: one file each, gathered here."""

from __future__ import annotations

from fastapi import APIRouter

from segue.web import (
    accounts_page,
    autonomy,
    channels_page,
    hours_page,
    invites_page,
    knowledge_page,
    knowledge_waiting,
    leaving_page,
    mail_page,
    policy_page,
    quality_page,
    settings_page,
    settings_search,
    setup_files,
    setup_page,
    shadow_page,
    single_sign_on,
    switching,
    tags_page,
    teams_page,
    widget_page,
)
from segue.web.pages import PageRoute

router = APIRouter(route_class=PageRoute, include_in_schema=False)
FACES = (
    switching,
    autonomy,
    policy_page,
    shadow_page,
    hours_page,
    channels_page,
    knowledge_page,
    knowledge_waiting,
    quality_page,
    settings_page,
    settings_search,
    invites_page,
    leaving_page,
    mail_page,
    single_sign_on,
    setup_page,
    setup_files,
    tags_page,
    accounts_page,
    teams_page,
    widget_page,
)
for face in FACES:
    router.routes.extend(face.router.routes)
