-- name: put
with t as (
    insert into tags (name, created_at) values (%(tag)s, %(now)s) on conflict do nothing
), c as (
    insert into conversation_tags (conversation_id, tag, author, at)
    select id, %(tag)s, %(author)s, %(now)s from conversations where id = %(id)s
    on conflict do nothing returning conversation_id, tag
)
insert into events (kind, conversation_id, author, body, at)
select 'conversation.tagged', conversation_id, %(author)s, jsonb_build_object('tag', tag), %(now)s from c

-- name: take_off
with c as (
    delete from conversation_tags where conversation_id = %(id)s and tag = %(tag)s returning conversation_id, tag
)
insert into events (kind, conversation_id, author, body, at)
select 'conversation.untagged', conversation_id, %(author)s, jsonb_build_object('tag', tag), %(now)s from c

-- name: exists
select id from conversations where id = %(id)s

-- name: all
-- The most used first: those somebody looks for stand above.
select t.name, count(c.conversation_id) as conversations from tags t left join conversation_tags c on c.tag = t.name
group by t.name order by conversations desc, t.name limit %(limit)s

-- name: with_uses
-- By name, each with what uses it. Saved views hold what somebody searched for, and are looked through apart.
select t.name, count(c.conversation_id) as conversations,
    (select count(*) from macros m where t.name = any(m.tags)) as macros
from tags t left join conversation_tags c on c.tag = t.name group by t.name order by t.name limit %(limit)s

-- name: overlap
select count(*) filter (where tag = %(tag)s) as moved, count(*) filter (where n = 2) / 2 as both
from (select tag, count(*) over (partition by conversation_id) as n from conversation_tags
      where tag in (%(tag)s, %(into)s)) t

-- name: is_there
select name from tags where name = %(tag)s for update

-- name: make
insert into tags (name, created_at) values (%(into)s, %(now)s) on conflict do nothing

-- name: move
insert into conversation_tags (conversation_id, tag, author, at)
select conversation_id, %(into)s, author, at from conversation_tags where tag = %(tag)s
on conflict do nothing

-- name: in_macros
-- Each name once, in the order they stood in.
update macros set tags = (
    select array_agg(name order by first) from (
        select case when t = %(tag)s then %(into)s else t end as name, min(n) as first
        from unnest(tags) with ordinality as u (t, n) group by 1) x)
where %(tag)s = any(tags)

-- name: views
select id, query from saved_views where position('tag:' in lower(query)) > 0

-- name: in_view
update saved_views set query = %(query)s where id = %(id)s

-- name: drop
delete from tags where name = %(tag)s

-- name: told
insert into events (kind, author, body, at) values (%(kind)s, %(author)s, %(body)s::jsonb, %(now)s)

-- name: remove_unused
with t as (
    delete from tags t
    where not exists (select from conversation_tags c where c.tag = t.name)
      and not exists (select from macros m where t.name = any(m.tags))
    returning name
), e as (
    insert into events (kind, author, body, at)
    select 'tag.removed', %(author)s, jsonb_build_object('tags', (select jsonb_agg(name order by name) from t)), %(now)s
    where exists (select from t)
)
select count(*) as count from t
