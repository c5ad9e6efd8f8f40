-- Standings and offers: every change of a rung. Each change and its event are one statement.

-- name: moves
select id, category, tier, channel, rung, threshold, why, proof, author, at, cause, sources, before, wording
from standings order by id

-- name: one_by_one
-- Whoever writes a move next sees this one. Not the lock of who looks at the boundary: lowering a cell waits for no look.
select pg_advisory_xact_lock(7341056)

-- name: move
-- No row where its category moved after number `seen`, but for what the same look moved. `offer_id` closes the offer it takes up; every other open offer of the cell falls with the ground it stood on.
with taken as (
    update offers set outcome = 'approved', closed_by = %(author)s, closed_at = %(now)s
    where id = %(offer_id)s and closed_at is null
    returning id
), withdrawn as (
    update offers set outcome = 'withdrawn', closed_by = %(author)s, closed_at = %(now)s
    where category = %(category)s and tier = %(tier)s and channel = %(channel)s and closed_at is null
      and id is distinct from %(offer_id)s
    returning id
), s as (
    insert into standings (category, tier, channel, rung, threshold, why, proof, offer_id, author, at, cause, sources,
        before, wording)
    select %(category)s, %(tier)s, %(channel)s, %(rung)s, %(threshold)s, %(why)s, %(proof)s::jsonb, %(offer_id)s,
        %(author)s, %(now)s, %(cause)s, %(sources)s, %(before)s, %(wording)s::jsonb
    where (%(offer_id)s::text is null or exists (select from taken))
      and not exists (select from standings where category = %(category)s and cause <> 'rehearsed' and id > %(seen)s::bigint
                      and (author, at) <> (%(author)s, %(now)s))
    returning id
), e as (
    insert into events (kind, author, body, at)
    select 'boundary.moved', %(author)s, jsonb_build_object('cell', %(cell)s::text, 'rung', %(rung)s::int,
        'why', %(why)s::text, 'cause', %(cause)s::text, 'standing', s.id, 'offer', %(offer_id)s::text), %(now)s from s
    union all
    select 'offer.withdrawn', %(author)s, jsonb_build_object('offer', id, 'cell', %(cell)s::text), %(now)s from withdrawn
)
select id from s

-- name: offer
with o as (
    insert into offers (id, category, tier, channel, rung, to_rung, proof, at, why, wording)
    values (%(id)s, %(category)s, %(tier)s, %(channel)s, %(rung)s, %(to_rung)s, %(proof)s::jsonb, %(now)s, %(why)s,
        %(wording)s::jsonb)
    on conflict (category, tier, channel) where closed_at is null do nothing
    returning id
), e as (
    insert into events (kind, author, body, at)
    select 'offer.made', 'segue', jsonb_build_object('offer', id, 'cell', %(cell)s::text, 'to', %(to_rung)s::int), %(now)s
    from o
)
select id from o

-- name: close_offer
with o as (
    update offers set outcome = %(outcome)s, closed_by = %(by)s, closed_at = %(now)s
    where id = %(id)s and closed_at is null
    returning id, category
), e as (
    insert into events (kind, author, body, at)
    select 'offer.' || %(outcome)s, %(by)s, jsonb_build_object('offer', id), %(now)s from o
)
select id from o

-- name: offers
select id, category, tier, channel, rung, to_rung, proof, at, outcome, closed_by, closed_at, why, wording
from offers
where (%(id)s::text is null or id = %(id)s) and (%(id)s::text is not null or not %(open)s or closed_at is null)
order by closed_at is not null, at desc, id desc limit 200

-- name: newest
select coalesce(max(id), 0) as number from standings
