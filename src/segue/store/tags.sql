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
