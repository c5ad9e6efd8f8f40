-- What the desk's lists show to one agent, `me`: nothing that is closed to them. Each statement reads at most `limit`
-- rows of a list, by an index that holds open conversations only.

-- name: rows
-- Open or waiting conversations of one handler: of each list that is made of them so many, so that a long one hides no
-- row of another: mine, nobody's, colleagues', those that wait for a customer or for a yes, and what is set aside. Each in
-- the order in which it is shown: so what is read is the beginning of it.
with closed as (
    select teams_closed_to(%(me)s) as teams
), shown as (
    (select
     -- also: of_a_row
     from conversations c, closed
     where %(handler)s = 'human' and c.handler = 'human' and c.status <> 'resolved' and c.assignee_id = %(me)s
       and coalesce(c.team_id <> all (closed.teams), true)
     order by c.presses_at, c.id limit %(limit)s)
    union all
    (select
     -- also: of_a_row
     from conversations c, closed
     where %(handler)s = 'human' and c.handler = 'human' and c.status = 'open' and c.assignee_id is null
       and coalesce(c.team_id <> all (closed.teams), true)
     order by c.presses_at, c.id limit %(limit)s)
    union all
    (select
     -- also: of_a_row
     from conversations c, closed
     where %(handler)s = 'human' and c.handler = 'human' and c.status = 'open' and c.assignee_id <> %(me)s
       and coalesce(c.team_id <> all (closed.teams), true)
     order by c.presses_at, c.id limit %(limit)s)
    union all
    (select
     -- also: of_a_row
     from conversations c, closed
     where %(handler)s = 'human' and c.handler = 'human' and c.status = 'waiting'
       and coalesce(c.team_id <> all (closed.teams), true)
     order by c.changed_at desc, c.id desc limit %(limit)s)
    union all
    (select
     -- also: of_a_row
     from conversations c, closed
     where %(handler)s = 'human' and c.handler = 'human' and c.status = 'open' and c.reason = 'awaits_approval'
       and coalesce(c.team_id <> all (closed.teams), true)
     order by c.presses_at, c.id limit %(limit)s)
    union all
    (select
     -- also: of_a_row
     from conversations c, closed
     where c.snoozed_until is not null and c.status <> 'resolved' and c.handler = %(handler)s
       and coalesce(c.team_id <> all (closed.teams), true)
     order by c.snoozed_until limit %(limit)s)
    union all
    (select
     -- also: of_a_row
     from conversations c, closed
     where %(handler)s = 'assistant' and c.handler = 'assistant' and c.status <> 'resolved'
       and coalesce(c.team_id <> all (closed.teams), true)
     order by c.changed_at desc limit %(limit)s)
)
-- What views and their order need to know of them; a page asks `by_ids` for what it shows.
select c.id, c.handler, c.status, c.assignee_id, c.reason, c.changed_at, c.presses_at,
    case when c.snoozed_seq = c.customer_seq then c.snoozed_until end as snoozed_until
from (select distinct on (id) * from shown) c
order by c.presses_at, c.id

-- name: of_a_row
c.id, c.handler, c.status, c.assignee_id, c.reason, c.changed_at, c.presses_at, c.customer_seq, c.snoozed_seq,
c.snoozed_until

-- name: resolved
select * from desk_rows where id in (
    select c.id from conversations c where c.status = 'resolved'
      and coalesce(c.team_id <> all ((select teams_closed_to(%(me)s))::text[]), true)
    order by c.id desc limit %(limit)s)
order by id desc

-- name: by_ids
select * from desk_rows where id in (
    select c.id from conversations c where c.id = any(%(ids)s)
      and coalesce(c.team_id <> all ((select teams_closed_to(%(me)s))::text[]), true))

-- name: to_review
-- Answers that chance picked for a person's grade, oldest first; nobody is asked about a conversation of their own.
-- Where no team is closed to them, as in most houses, no conversation is looked at for its team.
with closed as (
    select teams_closed_to(%(agent)s) as teams
)
select conversation_id, min(seq) as seq from (
    select w.conversation_id, w.seq, w.at from reviews w
    where ((select cardinality(teams) from closed) = 0
           or not exists (select from conversations c where c.id = w.conversation_id
                          and c.team_id = any ((select teams from closed)::text[])))
      and not exists (select from messages x where x.conversation_id = w.conversation_id and x.agent_id = %(agent)s)
    order by w.at, w.conversation_id, w.seq limit 2 * %(limit)s) oldest
group by conversation_id order by min(at) limit %(limit)s

-- name: drawn
select w.seq from reviews w
where w.conversation_id = %(id)s
  and not exists (select from messages x where x.conversation_id = w.conversation_id and x.agent_id = %(agent)s)
order by w.seq limit 1

-- name: search
-- What has the words, newest first but behind the one of that number, in what people wrote, in notes, in subjects and in
-- names, these also with a typing error. One stretch of time after the other is asked for the words, the newest first,
-- until enough of what was found fits; of conversations that have them the newest `most` are tried.
with recursive typed as (
    -- also: typed
), asked as materialized (
    -- As the index has them, with a mark where the stretch comes. Whether words stand beside each other no index can
    -- tell, and what must not stand beside each other may stand apart.
    -- Words that are only not wanted are missing from nearly every subject: of these, messages alone are asked.
    select words::tsquery, %(may_be_phrase)s and words ~ '<[-0-9]+>' as is_phrase, querytree(words::tsquery) <> 'T' as is_wanted,
        case when words like '%%!%%' then '''' || chr(1) || ''' & ( ' || in_stretch || ' )' else in_stretch end
            as in_stretch
    from typed cross join lateral (
        select regexp_replace(regexp_replace(regexp_replace(words, '''((?:[^'']|'''')*)''', '''' || chr(1) || '\1''',
            'g'), '!\([^()]*<[-0-9]+>[^()]*\)', '''' || chr(1) || '''', 'g'), '<[-0-9]+>', '&', 'g') as in_stretch) t
    where words <> ''
), stretches as (
    (select stretch_of(id) as stretch from conversations where id < %(ends)s and id >= %(begin)s
     order by id desc limit 1)
    union all
    select (select stretch_of(id) from conversations where id < 'cnv_' || s.stretch and id >= %(begin)s
            order by id desc limit 1)
    from stretches s where s.stretch is not null
), said as (
    -- `case`: where there is no phrase nothing is gathered, and the planner knows.
    select s.stretch, m.conversation_id as id, m.seqs, m.notes
    from (select stretch, is_phrase, is_wanted, replace(in_stretch, chr(1), stretch)::tsquery as in_stretch
          from stretches, asked where stretch is not null order by stretch desc) s
    cross join lateral (
        select conversation_id,
            case when %(may_be_phrase)s then array_agg(seq) filter (where s.is_phrase) end as seqs,
            case when %(may_be_phrase)s then array_agg(note) filter (where s.is_phrase) end as notes
        from (
            select conversation_id, seq, null as note from messages
            where author in ('customer', 'agent') and words_of(conversation_id, body) @@ s.in_stretch
              and (conversation_id >= %(begin)s and conversation_id < %(ends)s) is true
            union all
            select conversation_id, null, id from notes
            where s.is_wanted and words_of(conversation_id, body) @@ s.in_stretch
              and (conversation_id >= %(begin)s and conversation_id < %(ends)s) is true
            union all
            select conversation_id, null, null from subjects
            where s.is_wanted and words_of(conversation_id, body) @@ s.in_stretch
              and (conversation_id >= %(begin)s and conversation_id < %(ends)s) is true) texts
        group by conversation_id) m
    order by s.stretch desc, m.conversation_id desc limit %(most)s
), said_and_fit as (
    -- `is true` has a set looked up in memory: who is meant among people, and what is not resolved among all that was said.
    select f.id from said f cross join asked
    cross join lateral (
        select c.id, c.subject from conversations c left join contacts p on p.id = c.contact_id
        left join accounts a on a.id = c.account_id
        where c.id = f.id
        and (%(of_people)s::text is null or (c.contact_id in (
            select id from contacts where (name || ' ' || email || ' ' || reach) ilike '%%' || %(of_people)s || '%%')) is true) and
        -- also: fits
        offset 0) c
    where (%(status)s::text is null or %(status)s = 'resolved'
           or (f.id in (select id from conversations where status <> 'resolved')) is true)
      and (
        not (%(may_be_phrase)s and asked.is_phrase)
        or exists (select from messages m where m.conversation_id = f.id and m.seq = any (f.seqs)
                   and to_tsvector('simple', m.body) @@ asked.words)
        or exists (select from notes n where n.id = any (f.notes) and to_tsvector('simple', n.body) @@ asked.words)
        or (asked.is_wanted and to_tsvector('simple', c.subject) @@ asked.words))
    order by f.stretch desc, f.id desc limit %(limit)s
), called as materialized (
    select p.id from contacts p where
    -- also: is_called
), of_few as (
    -- From each of them to their conversations, and to nothing else first; `offset 0` keeps it so.
    select c.id from (select id from called where (select count(*) from called) <= %(few)s) k
    cross join lateral (
        select c.id from conversations c left join contacts p on p.id = c.contact_id
        left join accounts a on a.id = c.account_id
        where c.contact_id = k.id and
        -- also: fits
        offset 0) c
    order by c.id desc limit %(limit)s
), of_many as (
    -- Of people called as many are the newest conversations are gone through until enough are theirs; `is true` has it
    -- looked up for each, so that it can end there.
    select n.id from (
        select id, contact_id from conversations
        where (select count(*) from called) > %(few)s and id >= %(begin)s and id < %(ends)s
        order by id desc limit %(newest)s) n
    cross join lateral (
        select c.id from conversations c left join contacts p on p.id = c.contact_id
        left join accounts a on a.id = c.account_id
        where c.id = n.id and
        -- also: fits
        offset 0) c
    where (n.contact_id in (select id from called)) is true
    order by n.id desc limit %(limit)s
), numbered as (
    select c.id from conversations c left join contacts p on p.id = c.contact_id
    left join accounts a on a.id = c.account_id
    where c.number = %(number)s::bigint and
    -- also: fits
)
select id from (
    select id from said_and_fit union select id from of_few union select id from of_many union select id from numbered) u
order by id in (select id from numbered) desc, id desc limit %(limit)s

-- name: typed
select regexp_replace( -- each word of three letters also as a beginning
    websearch_to_tsquery('simple', %(words)s)::text, '(\w\w\w'')(?=[ )<]|$)', '\1:*', 'g') as words

-- name: is_called
((p.name || ' ' || p.email || ' ' || p.reach) ilike %(inside)s
  or (p.name || ' ' || p.email || ' ' || p.reach) ilike %(after_space)s
  or %(misspelt)s::text <%% (p.name || ' ' || p.email || ' ' || p.reach))

-- name: named
-- Conversations of a person, an account, an agent, with tags: any `limit` of them, in no order.
select c.id from conversations c
where (%(person)s::text is null or c.contact_id = any (array(
        select id from contacts p where (p.name || ' ' || p.email || ' ' || p.reach) ilike '%%' || %(person)s || '%%')))
  and (%(account)s::text is null or c.account_id = any (array(
        select id from accounts a where a.name ilike '%%' || %(account)s || '%%')))
  and (%(agents)s::text[] is null or c.assignee_id = any (%(agents)s::text[]))
  and (cardinality(%(tags)s::text[]) = 0 or c.id = any (array(
        select conversation_id from conversation_tags where tag = any(%(tags)s)
        group by conversation_id having count(*) = cardinality(%(tags)s::text[]))))
limit %(limit)s

-- name: among
-- Which of these conversations fit and have the words, in what people wrote there, in notes, in its subject or in their
-- customer's name.
with typed as (
    -- also: typed
)
select c.id from conversations c left join contacts p on p.id = c.contact_id
left join accounts a on a.id = c.account_id
where c.id = any(%(ids)s) and
-- also: fits
and (
    exists (select from messages m where m.conversation_id = c.id and m.author in ('customer', 'agent')
            and to_tsvector('simple', m.body) @@ (select words::tsquery from typed))
    or (select querytree(words::tsquery) <> 'T' from typed) and (
        to_tsvector('simple', c.subject) @@ (select words::tsquery from typed)
        or exists (select from notes n where n.conversation_id = c.id
                   and to_tsvector('simple', n.body) @@ (select words::tsquery from typed)))
    or
    -- also: is_called
)
order by c.id desc limit %(limit)s

-- name: fits
-- What a search is narrowed to, beside its words or without them: of a conversation c, its contact p and account a.
(%(status)s::text is null or c.status = %(status)s)
  and (%(handler)s::text is null or c.handler = %(handler)s)
  and (%(channel)s::text is null or c.channel = %(channel)s)
  and (%(person)s::text is null or (p.name || ' ' || p.email || ' ' || p.reach) ilike '%%' || %(person)s || '%%')
  and (%(account)s::text is null or a.name ilike '%%' || %(account)s || '%%')
  and (%(tier)s::text is null or a.tier = %(tier)s)
  and (%(agents)s::text[] is null or c.assignee_id = any (%(agents)s::text[]))
  and (%(is_unassigned)s::bool is null or (c.assignee_id is null) = %(is_unassigned)s)
  and (%(matter)s::text is null or c.category_id = %(matter)s or c.intent_id = %(matter)s)
  and (%(since)s::timestamptz is null or c.opened_at >= %(since)s)
  and (%(until)s::timestamptz is null or c.opened_at < %(until)s)
  and coalesce(c.team_id <> all ((select teams_closed_to(%(me)s))::text[]), true)
  and (cardinality(%(tags)s::text[]) = 0 or c.id = any (array(
        select conversation_id from conversation_tags where tag = any(%(tags)s)
        group by conversation_id having count(*) = cardinality(%(tags)s::text[]))))

-- name: narrowed
-- The newest that fit, where no words were asked for.
select c.id from conversations c left join contacts p on p.id = c.contact_id
left join accounts a on a.id = c.account_id
where
-- also: fits
order by c.id desc limit %(limit)s

-- name: agents_called
select id from agents where id = %(assignee)s or name ilike %(assignee)s || '%%'
