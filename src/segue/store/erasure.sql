-- Erasing a customer. Most rows go with the contact, by their foreign keys; here is what points at them without one, or
-- quotes them in somebody else's row.

-- name: contact
-- By no address that a customer only said: it may be somebody else's (migration 0059), here and below.
select id, name, email from contacts
where id = %(who)s or external_id = %(who)s or (email <> '' and lower(email) = lower(%(who)s)) order by id limit 20

-- name: conversations
select id from conversations where contact_id = %(contact)s for update

-- name: words
-- Everything they wrote or that was written to them, and what was made of it; `own` are the customer's own words.
select m.body, m.author = 'customer' as own from messages m where m.conversation_id = any(%(ids)s)
    and m.author in ('customer', 'agent')
union select subject, true from conversations where id = any(%(ids)s)
union select n.body, false from notes n where n.conversation_id = any(%(ids)s)
union select body ->> 'text', true from assessments where conversation_id = any(%(ids)s)
union select problem, true from resolutions where contact_id = %(contact)s or conversation_id = any(%(ids)s)
union select solution, false from resolutions
    where (contact_id = %(contact)s or conversation_id = any(%(ids)s)) and resolved_by <> 'assistant'
union select body, true from examples where contact_id = %(contact)s or conversation_id = any(%(ids)s)
union select problem, true from lessons where contact_id = %(contact)s
union select solution, false from lessons where contact_id = %(contact)s
union select reaction, true from lessons where contact_id = %(contact)s

-- name: articles_of
-- Articles that were approved from drafts in which lessons of theirs had a part.
select distinct a.slug from candidates c
join candidate_lessons x on x.candidate_id = c.id join lessons l on l.id = x.lesson_id
join articles a on a.id = c.article_id
where l.contact_id = %(contact)s and c.status = 'approved' order by a.slug

-- name: categories_of
-- Where cases of theirs were judged.
select distinct k.category_id from cases k join judgements j using (conversation_id, seq)
where k.conversation_id = any(%(ids)s) order by 1

-- name: forget_open_candidates
delete from candidates c where c.status = 'open' and exists (
    select from candidate_lessons x join lessons l on l.id = x.lesson_id
    where x.candidate_id = c.id and l.contact_id = %(contact)s)

-- name: empty_closed_candidates
update candidates c set body = '', title = '', effect = null where c.status <> 'open' and exists (
    select from candidate_lessons x join lessons l on l.id = x.lesson_id
    where x.candidate_id = c.id and l.contact_id = %(contact)s)

-- name: forget_open_topics
delete from topics t where t.status = 'open' and exists (
    select from topic_messages m where m.topic_id = t.id and m.conversation_id = any(%(ids)s))

-- name: empty_closed_topics
update topics t set terms = '{}' where t.status <> 'open' and exists (
    select from topic_messages m where m.topic_id = t.id and m.conversation_id = any(%(ids)s))

-- name: forget_effects
-- Effects name the past cases behind them; they are tested anew when somebody looks.
update candidates set effect = null where exists (
    select from jsonb_array_elements(effect -> 'cases') x where x ->> 'conversation' = any(%(ids)s))

-- name: forget_mails
-- Those that became messages go with their conversation; here are the others they sent.
delete from mails where sender <> '' and sender = (select lower(email) from contacts where id = %(contact)s)

-- name: forget_uploads
-- Those that no message took; the others go with their conversation.
delete from attachments where owner = 'who:' || (select external_id from contacts where id = %(contact)s)

-- name: examples
delete from examples where contact_id = %(contact)s or conversation_id = any(%(ids)s)

-- name: contact_gone
delete from contacts where id = %(contact)s

-- name: encodings
delete from encodings where text_hash = any(%(hashes)s)

-- name: events
-- What happened stays, and when; who it was about, and every word but the names of things, goes.
update events set author = case when author = %(contact)s then 'erased' else author end,
    body = (select coalesce(jsonb_object_agg(key, value), '{}') from jsonb_each(body)
            where key = any(%(kept)s) and value #>> '{}' is distinct from %(contact)s)
where conversation_id = any(%(ids)s) or author = %(contact)s

-- name: told
-- By conversation, for whoever keeps a mirror: theirs are gone, and others no longer quote them.
insert into events (kind, conversation_id, author, body, at)
select 'conversation.erased', id, %(author)s, '{}'::jsonb, %(now)s from unnest(%(ids)s::text[]) id
union all
select 'conversation.unquoted', id, %(author)s, '{}'::jsonb, %(now)s from unnest(%(others)s::text[]) id

-- name: keep_erasure
with x as (
    insert into erasures (id, author, counts, categories, at)
    values (%(id)s, %(author)s, %(counts)s::jsonb, %(categories)s, %(now)s) returning *
)
insert into events (kind, author, body, at)
select 'contact.erased', author, jsonb_build_object('erasure', id, 'counts', counts), at from x

-- name: to_refit
select id, categories from erasures where refitted_at is null order by at

-- name: refitted
update erasures set refitted_at = %(now)s where id = any(%(ids)s)

-- name: erasures
select id, author, counts, at, refitted_at from erasures order by at desc limit %(limit)s

-- name: pointing
-- Tables that point at a contact or a conversation, in this version and in those to come.
select c.table_name, c.column_name from information_schema.columns c
join information_schema.tables t using (table_schema, table_name)
where c.table_schema = current_schema() and t.table_type = 'BASE TABLE'
  and c.column_name in ('contact_id', 'conversation_id') and c.table_name not in ('events', 'contacts')
order by c.table_name, c.column_name

-- name: quoting
-- Columns of JSON, in which somebody else's row may quote the customer.
select c.table_name, c.column_name from information_schema.columns c
join information_schema.tables t using (table_schema, table_name)
where c.table_schema = current_schema() and t.table_type = 'BASE TABLE' and c.data_type = 'jsonb'
  and c.table_name not in ('events', 'settings', 'heads', 'erasures')
order by c.table_name, c.column_name
