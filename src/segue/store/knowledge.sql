-- name: search
-- Meaning and words: the cosine, and how much of what the question tells is found again in the passage. A word tells
-- the more the fewer passages have it (idf as in BM25, Robertson and Zaragoza 2009), and tells it once, however often
-- it stands there. The share is squared: half of it found again is no sign yet, nearly all of it is. Candidates come
-- from both sides, so that neither can lose what only the other sees.
with q as (
    select %(vector)s::halfvec as vector, %(encoder)s as encoder
), asked as materialized (
    select quote_literal(word)::tsquery as word, w.word is not null as is_known,
        ln(1 + (total.passages - coalesce(w.passages, 0) + 0.5) / (coalesce(w.passages, 0) + 0.5))::float8 as weight
    from unnest(tsvector_to_array(to_tsvector('english', %(text)s))) as word
        left join words w using (word), (select passages from words where word = '') total
), telling as (
    select string_agg(word::text, ' | ')::tsquery as words from (
        select word from asked where is_known order by weight desc, word::text limit %(words)s) best
), allowed as not materialized (
    select p.id, p.lexemes, p.vector, p.encoder from passages p join articles a on a.id = p.article_id
    where a.is_live and (a.audience = 'public' or %(internal)s)
), lexical as (
    select id, row_number() over (order by told desc, length, id) as place from (
        select id, length(lexemes) as length, (select sum(weight) from asked where lexemes @@ word) as told
        from allowed, telling where lexemes @@ telling.words
        order by told desc, length, id limit %(depth)s) best
), dense as (
    select id, row_number() over (order by distance, id) as place from (
        select id, allowed.vector <=> q.vector as distance from allowed, q
        where allowed.encoder = q.encoder -- what is not made anew yet is found by its words alone
        order by distance limit %(depth)s) best
), candidates as (
    select id, l.place as lexical_rank, d.place as dense_rank from lexical l full join dense d using (id)
), weighed as materialized (
    select c.*, case when p.encoder = q.encoder then 1 - (p.vector <=> q.vector) else 0 end as cosine, coalesce((select sum(weight) from asked where p.lexemes @@ word)
        / (select sum(weight) from asked), 0) as share
    from candidates c join passages p using (id), q
)
select w.id, lexical_rank, dense_rank, cosine, cosine + %(worth)s * share * share as score, p.article_id, p.version,
    p.heading, p.body, p.starts, p.ends, a.title, a.slug, a.intent_id,
    coalesce(a.review_by < %(today)s, false) as is_stale
from weighed w join passages p using (id) join articles a on a.id = p.article_id
order by score desc, id limit %(limit)s

-- name: resolutions
select r.*, c.number
from (
    select id, problem, solution, intent_id, category_id, resolved_by, at, outcome, minutes, article_id, conversation_id,
        1 - (vector <=> %(vector)s::halfvec) as cosine
    from resolutions where vector is not null and encoder = %(encoder)s and voice is null -- a key's word teaches nobody
    order by vector <=> %(vector)s::halfvec limit %(limit)s
) r left join conversations c on c.id = r.conversation_id
left join teams t on t.id = c.team_id
where t.is_closed is not true -- what a closed team solved is told to nobody outside it
order by cosine desc

-- name: articles
select a.*, v.body from articles a join article_versions v on v.article_id = a.id and v.version = a.version
where a.is_live and (%(id)s::text is null or a.id = %(id)s or a.slug = %(id)s)
  and (%(after)s::text is null or a.slug > %(after)s)
order by a.slug limit %(limit)s

-- name: last_of
select a.*, v.body from articles a join article_versions v on v.article_id = a.id and v.version = a.version
where a.slug = %(slug)s

-- name: put_article
-- A new article or a new version of the one with this slug; the same text again changes nothing.
with old as (
    select a.id, a.version, v.body from articles a join article_versions v on v.article_id = a.id and v.version = a.version
    where a.slug = %(slug)s
), a as (
    insert into articles (id, slug, title, audience, intent_id, review_by, updated_at)
    values (%(id)s, %(slug)s, %(title)s, %(audience)s, %(intent)s, %(review_by)s, %(now)s)
    on conflict (slug) do update set title = excluded.title, audience = excluded.audience,
        intent_id = excluded.intent_id, review_by = excluded.review_by, updated_at = excluded.updated_at,
        is_live = true,
        version = articles.version + ((select body from old) is distinct from %(body)s)::int
    returning id, version
), v as (
    insert into article_versions (article_id, version, body, author, note, created_at)
    select id, version, %(body)s, %(author)s, %(note)s, %(now)s from a
    on conflict do nothing
), gone as (
    delete from passages where article_id in (select id from a) returning lexemes
), fewer as (
    update words set passages = words.passages - g.times
    from (select word, count(*) as times from gone, unnest(tsvector_to_array(lexemes) || array['']) as word
          group by word) g
    where words.word = g.word
), e as (
    insert into events (kind, author, body, at)
    select 'article.published', %(author)s, jsonb_build_object('article', id, 'version', version), %(now)s from a
)
select id, version from a

-- name: put_passage
with p as (
    insert into passages (id, article_id, version, heading, body, starts, ends, lexemes, vector, encoder)
    values (%(id)s, %(article_id)s, %(version)s, %(heading)s, %(body)s, %(starts)s, %(ends)s,
        setweight(to_tsvector('english', %(title)s || ' ' || %(heading)s), 'A') || to_tsvector('english', %(body)s),
        %(vector)s::halfvec, %(encoder)s)
    returning lexemes
)
insert into words (word, passages)
select word, 1 from p, unnest(tsvector_to_array(lexemes) || array['']) as word
on conflict (word) do update set passages = words.passages + 1

-- name: retire_article
-- Gone already is gone: asked again it says yes, and tells nobody.
with a as (
    select id, is_live from articles where id = %(id)s or slug = %(id)s
), off as (
    update articles set is_live = false, updated_at = %(now)s where id in (select id from a where is_live) returning id
), e as (
    insert into events (kind, author, body, at)
    select 'article.retired', %(author)s, jsonb_build_object('article', id), %(now)s from off
)
select id from a

-- name: put_resolution
insert into resolutions (id, conversation_id, contact_id, intent_id, category_id, article_id, problem, solution,
    resolved_by, outcome, minutes, at, vector, encoder)
values (%(id)s, %(conversation_id)s, %(contact_id)s, %(intent)s, %(category)s, %(article_id)s, %(problem)s,
    %(solution)s, %(resolved_by)s, %(outcome)s, %(minutes)s, %(at)s, %(vector)s::halfvec, %(encoder)s)
on conflict (id) do nothing

-- name: examples
-- The newest of each intent, so that the bank stays bounded however long the history. Nobody writes an intent full alone
-- (trust, defence 8): of what was learnt here one customer gives it at most `per_person`, and what one agent resolved as
-- it is no more than all the rest knows of it, or as many.
with own as (
    select x.*, l.agent_id, case when x.source in ('resolved', 'topic') and x.contact_id is not null then
        row_number() over (partition by x.intent_id, x.contact_id, x.source order by x.created_at desc, x.id)
        else 1 end as nth
    from examples x
    left join lessons l on x.source = 'resolved' and l.resolution_id = 'res_' || substr(x.id, 5)
), heard as (
    select *, row_number() over (partition by intent_id, agent_id order by created_at desc, id) as of_theirs,
        count(*) over (partition by intent_id) - count(*) over (partition by intent_id, agent_id) as of_others
    from own where nth <= %(per_person)s
), placed as (
    select *, row_number() over (partition by intent_id order by created_at desc, id) as place
    from heard where agent_id is null or of_theirs <= greatest(%(per_person)s, of_others)
)
select intent_id, body, vector::text as vector, contact_id from placed where place <= %(per_intent)s
order by intent_id, id

-- name: known_encodings
select text_hash, vector::text as vector from encodings where encoder = %(encoder)s and text_hash = any(%(hashes)s)

-- name: put_encodings
insert into encodings (encoder, text_hash, vector)
select %(encoder)s, h, v::halfvec from unnest(%(hashes)s::bytea[], %(vectors)s::text[]) as t (h, v)
on conflict do nothing
