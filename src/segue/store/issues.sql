-- name: is_topic
select true as is_there from topics where id = %(topic)s

-- name: ask
with t as (
    update topics set status = 'filed', closed_by = %(author)s, closed_at = %(now)s
    where id = %(topic)s and status = 'open' returning id
), i as (
    insert into issues (topic_id, title, asked_by, asked_at, due_at)
    select id, %(title)s, %(author)s, %(now)s, %(now)s from t
), e as (
    insert into events (kind, author, body, at)
    select 'topic.filed', %(author)s, jsonb_build_object('topic', id), %(now)s from t
)
select id from t

-- name: due
-- Each is ours alone until it is due again: longer than anybody takes to look for an issue and to create it.
with due as (
    select topic_id from issues
    where filed_at is null and due_at <= %(now)s and attempts < %(most)s
    order by due_at limit %(limit)s
    for update skip locked
)
update issues i
set attempts = attempts + 1, due_at = %(now)s + least(power(2, attempts), 360) * interval '1 minute'
from due where i.topic_id = due.topic_id
returning i.topic_id, i.title, i.asked_at

-- name: again
-- What failed is due at once, but no sooner than a minute after its last try began, which may still be at it.
with i as (
    update issues set attempts = 0, last_error = null,
        due_at = greatest(%(now)s, due_at - (least(power(2, attempts - 1), 360) - 1) * interval '1 minute')
    where topic_id = %(topic)s and filed_at is null and (last_error is not null or attempts >= %(most)s)
    returning topic_id
), e as (
    insert into events (kind, author, body, at)
    select 'topic.filed_again', %(author)s, jsonb_build_object('topic', topic_id), %(now)s from i
)
select topic_id from i

-- name: filed
-- Whoever files what stands elsewhere already has made a second one: that is kept, and told of.
update issues set place = coalesce(place, %(place)s), filed_at = coalesce(filed_at, %(now)s),
    last_error = case when filed_at is not null then %(second)s end,
    due_at = case when filed_at is null then due_at else %(now)s end
where topic_id = %(topic)s and (filed_at is null or place <> %(place)s)

-- name: to_look_at
-- Filed a while ago, so that whatever was on its way has come: each once, or again where the tracker was out of reach.
update issues set due_at = %(now)s + interval '1 hour'
where topic_id in (
    select topic_id from issues
    where filed_at between %(now)s - interval '1 day' and %(before)s and looked_at is null and due_at <= %(now)s
    order by due_at limit %(limit)s for update skip locked)
returning topic_id, place, asked_at

-- name: looked
update issues set looked_at = %(now)s where topic_id = %(topic)s

-- name: failed
update issues set last_error = %(why)s where topic_id = %(topic)s and filed_at is null

-- name: listing
select topic_id, title, asked_by, asked_at, place, filed_at, attempts, last_error from issues order by asked_at desc

-- name: unfiled
select topic_id, title, last_error, attempts >= %(most)s as is_given_up
from issues where filed_at is null and (last_error is not null or attempts >= %(most)s) order by asked_at

-- name: of_topic
select title, asked_by, asked_at, due_at, place, filed_at, last_error, attempts >= %(most)s as is_given_up
from issues where topic_id = %(topic)s
