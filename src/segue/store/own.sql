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
