-- Erasing a customer. Most rows go with the contact, by their foreign keys; here is what points at them without one, or
-- quotes them in somebody else's row.

-- name: contact
-- By no address that a customer only said: it may be somebody else's (migration 0059), here and below.
select id, lower(email) as address from contacts
where id = %(who)s or external_id = %(who)s or (email <> '' and lower(email) = lower(%(who)s)) order by id limit 20

-- name: conversations
select id from conversations where contact_id = %(contact)s for update

-- name: words
-- Everything they wrote or that was written to them, and what was made of it: what was encoded of it is looked for by it.
select m.body from messages m where m.conversation_id = any(%(ids)s) and m.author in ('customer', 'agent')
union select subject from conversations where id = any(%(ids)s)
union select n.body from notes n where n.conversation_id = any(%(ids)s)
union select body ->> 'text' from assessments where conversation_id = any(%(ids)s)
union select unnest(array[problem, solution]) from resolutions
    where contact_id = %(contact)s or conversation_id = any(%(ids)s)
union select body from examples where contact_id = %(contact)s or conversation_id = any(%(ids)s)
union select unnest(array[problem, solution, reaction]) from lessons where contact_id = %(contact)s

-- name: own_examples
-- Past messages of theirs to which others' were found alike, and that stand there by nobody else.
with theirs as (
    select distinct body from examples where contact_id = %(contact)s or conversation_id = any(%(ids)s)
)
select body from theirs t
where not exists (
    select from examples o where o.body = t.body and o.contact_id is distinct from %(contact)s
        and (o.conversation_id = any(%(ids)s)) is not true)
  and not exists (select from intents where t.body = any(questions))
  and not exists (select from article_questions where question = t.body)

-- name: own_solutions
-- What people wrote that solved their matters: a next step for others may be made of it.
select distinct solution from resolutions
where (contact_id = %(contact)s or conversation_id = any(%(ids)s)) and resolved_by <> 'assistant'

-- name: of_others
-- Of these sentences those that another solution, an article or a macro has, too. Asked when theirs are gone.
select mark from unnest(%(marks)s::text[]) mark
where exists (select from resolutions where position(mark in solution) > 0)
   or exists (select from article_versions where position(mark in body) > 0)
   or exists (select from macros where position(mark in body) > 0)

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
-- Those that became messages, and those noted beside a conversation, go with it. Here are the others they sent, and what
-- machines wrote beside their conversations or of their address: bounces and absence notes, which quote them. A mail of
-- somebody else that waits beside their conversation is that person's.
with who as (select lower(email) as email, lower(reached_at(c)) as reached from contacts c where id = %(contact)s)
delete from mails m using who
where m.sender <> '' and m.sender = who.email
   or m.linked_to = any(%(ids)s) and (m.cause = any(%(by_machines)s) or m.sender <> '' and m.sender = who.reached)
   or m.state = 'suspended' and m.cause = any(%(by_machines)s) and who.email <> ''
      and lower(m.text) ~ %(their_address)s

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
where conversation_id = any(%(ids)s)
   or conversation_id is null and (author = %(contact)s or body ->> 'contact' = %(contact)s)

-- name: told
-- By conversation, for whoever keeps a mirror: theirs are gone, and others no longer quote them.
insert into events (kind, conversation_id, author, body, at)
select 'conversation.erased', id, %(author)s, '{}'::jsonb, %(now)s from unnest(%(ids)s::text[]) id
union all
select 'conversation.unquoted', id, %(author)s, '{}'::jsonb, %(now)s from unnest(%(others)s::text[]) id

-- name: keep_erasure
with x as (
    insert into erasures (id, author, counts, categories, contact_hash, at)
    values (%(id)s, %(author)s, %(counts)s::jsonb, %(categories)s, sha256(convert_to(%(contact)s, 'UTF8')), %(now)s)
    returning *
)
insert into events (kind, author, body, at)
select 'contact.erased', author, jsonb_build_object('erasure', id, 'counts', counts), at from x

-- name: to_refit
select id, categories from erasures where refitted_at is null order by at

-- name: refitted
update erasures set refitted_at = %(now)s where id = any(%(ids)s)

-- name: erasures
select id, author, counts, at, refitted_at, encode(contact_hash, 'hex') as contact_hash from erasures
order by at desc, id limit %(limit)s

-- name: carry_over
-- Erasures that a backup does not know. What was fitted before the restore may know them, so they wait for a refit.
insert into erasures (id, author, counts, contact_hash, at)
select x ->> 'id', x ->> 'author', x -> 'counts', decode(x ->> 'contact_hash', 'hex'), (x ->> 'at')::timestamptz
from jsonb_array_elements(%(erasures)s::jsonb) x where x ->> 'contact_hash' is not null
on conflict (id) do nothing

-- name: came_back
-- Contacts that are there though they were erased.
select c.id from contacts c
where sha256(convert_to(c.id, 'UTF8')) in (select contact_hash from erasures where contact_hash is not null)
order by c.id

-- name: carried
-- Erasures that a restore found in the database which it replaced, until they are repeated.
select value from settings where key = 'erasures_to_repeat'

-- name: carried_over
delete from settings where key = 'erasures_to_repeat'

-- name: pointing
-- Tables that point at a contact or a conversation, in this version and in those to come.
select c.table_name, c.column_name from information_schema.columns c
join information_schema.tables t using (table_schema, table_name)
where c.table_schema = current_schema() and t.table_type = 'BASE TABLE'
  and c.column_name in ('contact_id', 'conversation_id') and c.table_name not in ('events', 'contacts')
order by c.table_name, c.column_name

-- name: quoting
-- Others' rows in which they are quoted: whatever was made of one message by looking at other people's.
select 'assessments' as table_name, 'body' as column_name, conversation_id, seq, body from assessments
where quoted_in_assessment(body) && %(keys)s::text[]
union all
select 'briefings', 'body', conversation_id, seq, body from briefings
where quoted_in_briefing(body) && %(keys)s::text[]
union all
select 'replayed_turns', 'assessment', conversation_id, seq, assessment from replayed_turns
where quoted_in_assessment(assessment) && %(keys)s::text[]

-- name: told_elsewhere
-- Columns of JSON in tables that are about no conversation, in this version and in those to come.
select c.table_name, c.column_name from information_schema.columns c
join information_schema.tables t using (table_schema, table_name)
where c.table_schema = current_schema() and t.table_type = 'BASE TABLE' and c.data_type = 'jsonb'
  and c.table_name not in ('events', 'settings', 'heads', 'erasures')
  and not exists (
    select from information_schema.columns o where (o.table_schema, o.table_name) = (c.table_schema, c.table_name)
        and o.column_name in ('contact_id', 'conversation_id'))
order by c.table_name, c.column_name

-- name: unname_in_notes
-- Their address in notes about others: agents wrote it, and it is nobody else's.
update notes n set body = regexp_replace(n.body, %(pattern)s, %(gone)s, 'gi')
where words_of(n.conversation_id, n.body) @@ %(asked)s::tsquery and n.body ~* %(pattern)s
returning n.conversation_id

-- name: named_by
-- Conversations of others in whose messages their address stands. These are others' own words: they stay.
select distinct m.conversation_id as id from messages m
where m.author in ('customer', 'agent') and words_of(m.conversation_id, m.body) @@ %(asked)s::tsquery
  and m.body ~* %(pattern)s order by 1

-- name: stretches
-- Each word with every stretch of time since their first conversation: so it stands in the index of words.
select distinct stretch_of(id) || left(lexeme, 300) as word
from unnest(%(moments)s::text[]) id, unnest(to_tsvector('simple', %(address)s))

-- name: is_anothers
select exists (select from contacts where lower(email) = %(address)s or lower(reach) = %(address)s) as yes
