-- Versions of articles, and what each left of the one before.

-- name: unjudged
-- Newer versions at which nobody has looked yet, with the text before.
select v.article_id, v.version, v.body, b.body as before from article_versions v
join article_versions b on b.article_id = v.article_id and b.version = v.version - 1
where v.carries is null order by v.article_id, v.version

-- name: put_carries
update article_versions set carries = %(carries)s::jsonb where article_id = %(article)s and version = %(version)s

-- name: texts
-- Articles that were ever rewritten or taken out.
select a.id, a.title, a.version, a.is_live,
    jsonb_object_agg(v.version, v.carries) filter (where v.version > 1) as steps,
    jsonb_object_agg(v.version, v.created_at) filter (where v.version > 1) as made_at,
    case when not a.is_live then a.updated_at end as retired_at,
    max(v.created_at) filter (where v.version > 1 and v.carries -> '*' is null) as rewritten_at
from articles a join article_versions v on v.article_id = a.id
where a.version > 1 or not a.is_live group by a.id

-- name: claim
-- Whether what the articles say today was not looked at yet; from now on it was.
insert into settings (key, value) values ('evidence_of', to_jsonb(%(mark)s::text))
on conflict (key) do update set value = excluded.value where settings.value <> excluded.value

-- name: weighed
insert into events (kind, author, body, at)
select 'evidence.weighed', 'segue', jsonb_build_object('article', article), %(now)s from unnest(%(articles)s::text[]) article
