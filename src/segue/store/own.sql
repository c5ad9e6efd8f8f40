-- What of a list is one agent's own, at once: each desk asks at every change.

-- name: of_agent
select teams_closed_to(%(agent)s) as closed,
    (select body from preferences where agent_id = %(agent)s) as wishes,
    (select coalesce(json_agg(to_json(x)), '[]') from (
    -- also: queue.to_review
    ) x) as reviews,
    (select coalesce(json_agg(to_json(x)), '[]') from (
    -- also: mentions.of_agent
    ) x) as calls,
    (select coalesce(json_agg(to_json(x)), '[]') from (
    -- also: unsent.of_agent
    ) x) as unsent,
    (select coalesce(json_agg(to_json(x)), '[]') from (
    -- also: saved_views.for_agent
    ) x) as saved,
    pg_current_snapshot()::text as moment,
    (select coalesce(json_agg(to_json(x)), '[]') from (
    -- also: events.since
    ) x) as happened

-- name: of_sessions
-- The same of several, each by their session, with who they are and whether they see the conversation that they name.
-- Nothing of who has no session. The words it shares speak of one agent and one conversation; `own.py` makes them each's.
select asks.n, asker.id, asker.name, asker.email, asker.role, coalesce(liked.body->>'language', '') as language,
    sessions.last_seen_at,
    asks.conversation = '' or exists (
    -- also: sight.seen
    ) as sees,
    theirs.*
from unnest(%(sessions)s::bytea[], %(conversations)s::text[]) with ordinality as asks (session, conversation, n)
join sessions on sessions.token_hash = asks.session and sessions.expires_at > %(now)s
join agents asker on asker.id = sessions.agent_id and asker.is_active
left join preferences liked on liked.agent_id = asker.id
cross join lateral (
    -- also: of_agent
) theirs
