-- name: put
with c as (
    insert into corrections (id, conversation_id, seq, kind, body, agent_id, at, undoes)
    select %(correction)s, id, %(seq)s, %(kind)s, %(body)s::jsonb, %(agent)s, %(now)s, %(undoes)s
    from conversations where id = %(id)s
    returning conversation_id, seq, kind, undoes
)
insert into events (kind, conversation_id, author, body, at)
select case when undoes is null then 'correction.made' else 'correction.undone' end, conversation_id, %(agent)s,
    jsonb_build_object('seq', seq, 'kind', kind), %(now)s
from c

-- name: name_intent
-- The category follows. `before` lets it be undone.
with old as (
    select id, intent_id, category_id from conversations where id = %(id)s for update
), c as (
    update conversations c set intent_id = %(intent)s, changed_at = %(now)s,
        category_id = (select category_id from intents where id = %(intent)s)
    from old where c.id = old.id
    returning c.id
)
select old.intent_id as before from old join c using (id)

-- name: standing
-- This episode's, not taken back, newest first.
select c.id, c.seq, c.kind, c.body, c.agent_id, a.name as agent, c.at
from corrections c join agents a on a.id = c.agent_id join conversations v on v.id = c.conversation_id
where c.conversation_id = %(id)s and c.undoes is null and c.seq >= v.episode_seq - 1
  and not exists (select from corrections u where u.undoes = c.id)
order by c.place desc

-- name: named_intent
-- What a person said it is about, in this episode.
select c.body ->> 'to' as intent from corrections c join conversations v on v.id = c.conversation_id
where c.conversation_id = %(id)s and c.kind = 'intent' and c.undoes is null and c.at >= coalesce(
        (select max(at) from resolutions r where r.conversation_id = c.conversation_id), '-infinity')
  and not exists (select from corrections u where u.undoes = c.id)
order by c.place desc limit 1
