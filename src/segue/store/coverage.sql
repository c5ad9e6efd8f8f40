-- What is known, and where it falls short.

-- name: gaps
-- Matters that people resolved and no public article in force answers, the most frequent first.
select i.id, i.name, i.category_id, i.is_opened, count(*) as times, count(distinct r.contact_id) as customers,
    (array_agg(r.problem order by r.at desc))[1] as example,
    (array_agg(r.conversation_id order by r.at desc))[1] as conversation_id
from resolutions r join intents i on i.id = r.intent_id
where r.at >= %(since)s and r.resolved_by <> 'assistant' and r.voice is null
  and not exists (select from articles a where a.intent_id = i.id and a.is_live and a.audience = 'public'
                  and coalesce(a.review_by >= %(today)s, true))
group by i.id order by times desc, i.id

-- name: versions
select v.version, v.body, v.author, v.note, v.created_at, v.version = a.version as is_live
from article_versions v join articles a on a.id = v.article_id where a.slug = %(slug)s order by v.version desc

-- name: questions
select question from article_questions where slug = %(slug)s order by place

-- name: asked_lately
-- What customers asked about a matter, as people resolved it: the newest, each once, with what their person is known by.
select * from (
    select distinct on (r.problem) r.problem, r.at, p.name, p.email, coalesce(a.name, '') as account
    from resolutions r join contacts p on p.id = r.contact_id left join accounts a on a.id = p.account_id
    where r.intent_id = %(intent)s and r.problem <> '' and r.voice is null order by r.problem, r.at desc) q
order by at desc limit %(limit)s

-- name: put_questions
with gone as (
    delete from article_questions where slug = %(slug)s and question <> all(%(questions)s::text[])
), q as (
    insert into article_questions (slug, question, place, author, at)
    select %(slug)s, x, n, %(author)s, %(now)s from unnest(%(questions)s::text[]) with ordinality as u (x, n)
    on conflict (slug, question) do update set place = excluded.place
)
insert into events (kind, author, body, at)
values ('article.questioned', %(author)s, jsonb_build_object('slug', %(slug)s::text,
    'questions', cardinality(%(questions)s::text[])), %(now)s)
