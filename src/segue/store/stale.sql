-- Articles beside replies of people that say something else.

-- name: replies_of
-- What people replied in the episode of a lesson, and the articles of its matter: named by a person, suggested by the
-- assistant, or answering the intent. A suggestion sent as it stood is the article's own word.
select l.conversation_id, l.contact_id, m.seq, m.agent_id, m.body, m.at,
    array(select distinct a.id from articles a where a.is_live and (a.id = l.article_id
        or (a.intent_id is not null and a.intent_id = coalesce(l.intent_id, r.intent_id))
        or a.id in (select w.article_id from answers w where w.conversation_id = l.conversation_id
                    and w.seq = any(l.seqs)))) as articles
from lessons l
join resolutions r on r.id = l.resolution_id
join messages m on m.conversation_id = l.conversation_id and m.seq = any(l.seqs) and m.author = 'agent'
where l.conversation_id = %(conversation)s
  and not exists (select from edits e where e.conversation_id = m.conversation_id and e.seq = m.seq and e.share <= %(share)s)
  and not exists (select from stale_replies s where s.conversation_id = m.conversation_id and s.seq = m.seq)
order by m.seq

-- name: past_replies
-- What people replied before we came, in conversations that were brought with the past: they left no lesson and no turn of
-- ours. The articles are those of their matter, and the one that looking at the past would have answered from. What came
-- with an article's first version may be older than any reply; a later version is younger than what was said before it.
select c.id as conversation_id, c.contact_id, m.seq, m.agent_id, m.body, m.at,
    array(select distinct a.id from articles a
        join article_versions v on v.article_id = a.id and v.version = a.version
        where a.is_live and (a.version = 1 or v.created_at < m.at)
          and (a.id = r.article_id or (a.intent_id is not null and a.intent_id = r.intent_id)
            or a.id in (select t.answer ->> 'article_id' from replayed_turns t where t.conversation_id = c.id))) as articles
from resolutions r
join conversations c on c.id = r.conversation_id
join messages m on m.conversation_id = c.id and m.author = 'agent' and m.agent_id is not null and m.voice is null
where r.at > %(since)s and m.at > %(since)s
  and not exists (select from lessons l where l.conversation_id = c.id)
  and not exists (select from decisions d where d.conversation_id = c.id)
  and not exists (select from stale_replies s where s.conversation_id = c.id and s.seq = m.seq)
order by m.at desc limit %(most)s

-- name: open_case
with made as (
    insert into stale_cases (id, article_id, version, kind, claim, article_says, opened_at)
    values (%(id)s, %(article)s, %(version)s, %(kind)s, %(claim)s, %(article_says)s, %(opened)s)
    on conflict (article_id, version, claim) where status in ('open', 'confirmed', 'agreed', 'dismissed') do nothing
    returning *
), e as (
    insert into events (kind, conversation_id, author, body, at)
    select 'article.doubted', %(conversation)s, %(agent)s,
        jsonb_build_object('case', id, 'article', article_id, 'version', version, 'what', kind), opened_at from made
)
select id from made

-- name: case_of
select id, status from stale_cases
where article_id = %(article)s and version = %(version)s and claim = %(claim)s and status <> 'answered'

-- name: add_reply
insert into stale_replies (case_id, conversation_id, seq, contact_id, agent_id, says, value, at)
values (%(case)s, %(conversation)s, %(seq)s, %(contact)s, %(agent)s, %(says)s, %(value)s, %(at)s)
on conflict do nothing

-- name: case_replies
select r.conversation_id, r.seq, r.contact_id, r.agent_id, g.name as agent, r.says, r.value, r.at, c.number
from stale_replies r join agents g on g.id = r.agent_id join conversations c on c.id = r.conversation_id
where r.case_id = %(case)s order by r.at

-- name: cases
select s.*, a.slug, a.title, (select count(*) from stale_replies r where r.case_id = s.id) as replies
from stale_cases s join articles a on a.id = s.article_id
where (%(status)s::text is null or s.status = %(status)s) and (%(id)s::text is null or s.id = %(id)s)
order by s.opened_at desc, s.id

-- name: make_stale
-- The assistant answers from it no more: it is as if its review date had passed. The date it had is kept, though
-- another doubt, or the same by replies, had put it aside before.
with other as (
    select o.review_before from stale_cases o join stale_cases c using (article_id, version)
    where c.id = %(case)s and o.status in ('agreed', 'confirmed') limit 1
), s as (
    update stale_cases c set status = %(status)s, closed_by = %(author)s, closed_at = %(now)s,
        review_before = case when exists (select from other) then (select review_before from other) else a.review_by end
    from articles a
    where c.id = %(case)s and a.id = c.article_id and a.version = c.version
      and (c.status = 'open' or (c.status = 'agreed' and %(status)s = 'confirmed'))
    returning c.id, c.article_id, c.version
), a as (
    update articles set review_by = %(yesterday)s, updated_at = %(now)s where id in (select article_id from s)
), e as (
    insert into events (kind, author, body, at)
    select 'article.stale', %(author)s, jsonb_strip_nulls(jsonb_build_object('case', id, 'article', article_id,
        'version', version, 'note', nullif(%(note)s::text, ''))), %(now)s
    from s
)
select id from s

-- name: dismiss
-- The article is right. Where replies that agreed had made it stale, its review date comes back, unless another doubt
-- still stands.
with old as (
    select id, status, article_id, review_before from stale_cases where id = %(case)s
), s as (
    update stale_cases c set status = 'dismissed', closed_by = %(author)s, closed_at = %(now)s
    from old where c.id = old.id and c.status in ('open', 'agreed', 'confirmed')
    returning c.id, c.article_id
), a as (
    update articles set review_by = (select review_before from old), updated_at = %(now)s
    where id in (select article_id from s) and (select status from old) in ('agreed', 'confirmed')
      and not exists (select from stale_cases o where o.article_id = articles.id and o.version = articles.version
                      and o.status in ('agreed', 'confirmed') and o.id <> %(case)s)
), e as (
    insert into events (kind, author, body, at)
    select 'article.upheld', %(author)s, jsonb_strip_nulls(jsonb_build_object('case', id, 'article', article_id,
        'note', nullif(%(note)s::text, ''))), %(now)s from s
)
select id from s

-- name: give_date_back
-- Of an article that replies had made stale, unless another doubt still stands.
with a as (
    update articles a set review_by = c.review_before, updated_at = %(now)s
    from stale_cases c
    where c.id = %(case)s and a.id = c.article_id and c.status = 'agreed' and a.version = c.version
      and not exists (select from stale_cases o where o.article_id = a.id and o.version = a.version
                      and o.status in ('agreed', 'confirmed') and o.id <> c.id)
    returning a.id
)
insert into events (kind, author, body, at)
select 'article.upheld', 'segue', jsonb_build_object('case', %(case)s::text, 'article', id), %(now)s from a

-- name: open_again
update stale_cases set status = 'open', closed_by = null, closed_at = null, review_before = null where id = %(case)s

-- name: forget_case
delete from stale_cases where id = %(case)s

-- name: answer_old
-- A newer version of the article has been written: what was in doubt is another text now.
update stale_cases c set status = 'answered', closed_at = %(now)s
from articles a
where a.id = c.article_id and a.version > c.version and c.status in ('open', 'confirmed', 'agreed')
