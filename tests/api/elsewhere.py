"""Routes whose deeds change nothing that a conversation shows, each by its name and with why. Whatever else is unsafe
is played (`test_mirror`, `test_mirror_more`, `test_mirror_answers`): a new route fails there until it is, or is here.
"""

from __future__ import annotations

A_PAGE_OF_ITS_OWN = """
POST /api/v1/boundary/lower, POST /autonomy/lower,
POST /api/v1/boundary/offers/{offer}/approve, POST /api/v1/boundary/offers/{offer}/decline,
POST /autonomy/offers/{offer}/approve, POST /autonomy/offers/{offer}/decline,
PATCH /api/v1/candidates/{candidate}, POST /api/v1/candidates/{candidate}/approve,
POST /api/v1/candidates/{candidate}/merge, POST /api/v1/candidates/{candidate}/reject, POST /api/v1/learning/run,
POST /api/v1/stale-cases/{case}/confirm, POST /api/v1/stale-cases/{case}/uphold, POST /api/v1/topics/{topic}/dismiss,
POST /knowledge/candidates/{candidate}, POST /knowledge/doubts/{case},
POST /knowledge/live, POST /knowledge/publish, POST /knowledge/topics/{topic}/issue,
POST /knowledge/topics/{topic}/issue/again, POST /api/v1/policy/shadow/drop,
PUT /api/v1/policy/shadow, POST /policy/shadow/drop,
POST /settings/invites,
POST /settings/invites/{invite}/again, POST /settings/invites/{invite}/withdraw, POST /settings/keys,
POST /settings/keys/{key}/revoke, POST /setup/category,
POST /setup/example, POST /setup/files, POST /setup/files/{id}/forget, POST /setup/files/{id}/parts,
POST /setup/files/{id}/read, POST /setup/files/{id}/take, POST /setup/finish, POST /setup/policy, POST /setup/shadow,
POST /setup/skip, POST /setup/widget, POST /desk/macros/{macro}/remove
"""
"""What they change stands there, or decides about messages yet to come."""
NOTHING_WRITTEN = """
POST /api/v1/articles/backtest, POST /api/v1/policy/backtest, POST /api/v1/policy/diff, POST /api/v1/policy/lint,
POST /knowledge/try, POST /policy, POST /policy/behind, POST /policy/pane, POST /settings/channels/try/{what},
POST /settings/widget/try
"""
"""They try, and tell."""
WHO_COMES_IN = """
POST /sign-in, POST /sign-in/passkey, POST /sign-in/passkey/options, POST /sign-in/second-step, POST /sign-out,
POST /settings/sign-in/provider, POST /settings/sign-in/provider/remove, POST /settings/sign-in/second-step,
POST /desk/me/access/app, POST /desk/me/access/app/remove, POST /desk/me/access/codes, POST /desk/me/access/passkeys,
POST /desk/me/access/passkeys/options, POST /desk/me/access/passkeys/{passkey}/remove, POST /desk/me/access/password,
POST /desk/me/access/sessions/end-others, POST /desk/me/access/sessions/{session}/end
"""
"""A page of who is out is told so (`tests/browser`); what it shows did not change."""
NOT_YET_SAID = """
POST /api/v1/attachments, POST /widget/attachments, POST /widget/attachments/{attachment}/remove, POST /desk/me/forget
"""
"""A file that no message has taken along yet, and words that only their own agent can bring back."""
ELSEWHERE = frozenset(
    name.strip()
    for part in (A_PAGE_OF_ITS_OWN, NOTHING_WRITTEN, WHO_COMES_IN, NOT_YET_SAID)
    for name in part.replace("\n", " ").split(",")
)
