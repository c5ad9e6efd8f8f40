-- Cases and judgements. Each change and its event are one statement.

-- name: judge
-- Told twice, it is judged once. No row where the message is no case.
with rejects as (
    -- Those whose word against it stands, before this one is heard.
    select author, sum(case verdict when 'wrong' then 1 when 'unknown' then -1 else 0 end) as times from judgements
    where conversation_id = %(conversation_id)s and seq = %(seq)s and source = 'marked' group by author
    union all
    select '', 1 from (
        select distinct on (author) verdict from judgements
        where conversation_id = %(conversation_id)s and seq = %(seq)s and source = 'graded' order by author, id desc
    ) grade where verdict = 'wrong'
), own as materialized (
    -- `in_order`: what any text fits that has these letters in their order. To look for that takes a fifth of what it
    -- takes to take a text's letters out, and of a day's many cases few fit.
    select k.category_id, k.at, k.seq, a.vector, a.encoder, m.body, letters_of(m.body) as letters,
        regexp_replace(letters_of(m.body), '', '%%', 'g') as in_order
    from cases k join assessments a using (conversation_id, seq) join messages m using (conversation_id, seq)
    where k.conversation_id = %(conversation_id)s and k.seq = %(seq)s and %(verdict)s <> 'unknown'
), first as (
    -- Whose message said nearly the same before, in that category on that day: by the encoder, or in the same letters
    -- where it opened a conversation. When and what they wrote decides about it, and never how it ended.
    select x.conversation_id, x.seq
    from own
    join cases x on x.category_id = own.category_id and x.at between date_trunc('day', own.at, 'UTC') and own.at
    join assessments a on a.conversation_id = x.conversation_id and a.seq = x.seq and a.encoder = own.encoder
    join messages m on m.conversation_id = x.conversation_id and m.seq = x.seq
    where case
        when 1 - (a.vector <=> own.vector) >= %(alike)s then true
        when own.seq = 1 and x.seq = 1 and abs(length(m.body) - length(own.body)) <= 20
            then lower(left(m.body, 2000)) like own.in_order and letters_of(m.body) = own.letters
        end
    order by x.at, x.conversation_id, x.seq limit 1
), j as (
    insert into judgements (conversation_id, seq, source, verdict, weight, distance, note, author, version, because, at,
        alike)
    select conversation_id, seq, %(source)s, %(verdict)s, %(weight)s, %(distance)s, %(note)s, %(author)s, %(version)s,
        %(because)s, %(at)s, (select hashtextextended(conversation_id || '.' || seq, 0) from first)
    from cases where conversation_id = %(conversation_id)s and seq = %(seq)s
    on conflict (conversation_id, seq, because) do nothing
    returning conversation_id, seq, source, verdict
), e as (
    insert into events (kind, conversation_id, author, body, at)
    select 'case.judged', conversation_id, %(author)s,
        jsonb_build_object('seq', seq, 'source', source, 'verdict', verdict), %(at)s from j
), c as (
    -- What a person calls wrong waits for no approval any more: people write the reply, until every such word is taken
    -- back. One taking back takes back one word.
    update conversations v
    set reason = case j.verdict when 'wrong' then 'answer_rejected' else 'awaits_approval' end, changed_at = %(at)s
    from j
    where v.id = j.conversation_id and v.customer_seq = j.seq and v.handler = 'human' and j.source in ('graded', 'marked')
      and (j.verdict, v.reason) in (('wrong', 'awaits_approval'), ('unknown', 'answer_rejected'))
      and (j.verdict = 'wrong' or not exists (
           select from rejects where times > case author when %(author)s then 1 else 0 end))
)
select conversation_id from j

-- name: hold
-- Of two words on one case at once, the second one knows of the first.
select from conversations where id = %(conversation_id)s for update

-- name: mark
select coalesce((select max(id) from judgements), 0) as judgements, coalesce((select max(id) from standings), 0) as standings,
    (select count(*) from erasures)::int as erasures

-- name: cases
-- Of each category, or of one, those that were judged, or drawn to be, and the newest that were given, up to a moment: of these also
-- silence tells. Oldest first. Colleagues of those who work here are no company: a desk in the house has no others.
select k.conversation_id, k.seq, k.contact_id, k.is_known, k.category_id, k.tier, k.channel, k.intent_id, k.article_id,
    k.confidence, k.rung, k.was_given, k.would_go, k.propensity, k.least, k.is_drawn, k.at, j.said,
    k.article_version, k.grounds, (d.body->>'threshold')::double precision as threshold, j.alike,
    p.account_id, case when w.domain <> all(array(select lower(split_part(email, '@', 2)) from agents)) then w.domain
    end as domain
from categories g
join lateral (
    (select * from cases where category_id = g.id and was_given and at > %(since)s
        and at <= coalesce(%(until)s::timestamptz, 'infinity') order by at desc limit %(given)s)
    union
    (select * from cases x where category_id = g.id and at > %(since)s
        and at <= coalesce(%(until)s::timestamptz, 'infinity') and (is_drawn or exists (
        select from judgements where conversation_id = x.conversation_id and seq = x.seq))
     order by at desc limit %(judged)s)
) k on true
left join decisions d on d.conversation_id = k.conversation_id and d.seq = k.seq
left join lateral (
    select jsonb_agg(jsonb_build_array(source, verdict, weight, author, at, note, distance) order by id) as said,
        min(alike) as alike
    from judgements where conversation_id = k.conversation_id and seq = k.seq
) j on true
left join contacts p on p.id = k.contact_id
left join lateral (select lower(split_part(p.email, '@', 2)) as domain) w on true
where g.id = coalesce(%(category)s::text, g.id)
order by k.at, k.conversation_id, k.seq

-- name: first_cases
select g.id as category_id, k.at from categories g
join lateral (select at from cases where category_id = g.id order by at limit 1) k on true

-- name: case
select k.*, (d.body->>'threshold')::double precision as threshold, j.said, j.alike, null as account_id, null as domain
from cases k
left join decisions d on d.conversation_id = k.conversation_id and d.seq = k.seq
left join lateral (
    select jsonb_agg(jsonb_build_array(source, verdict, weight, author, at, note, distance) order by id) as said,
        min(alike) as alike
    from judgements where conversation_id = k.conversation_id and seq = k.seq
) j on true
where k.conversation_id = %(conversation_id)s and k.seq = %(seq)s

-- name: remarks
-- What agents said of handoffs, not taken back, oldest first: each with the decision it is about and, where the assistant
-- had an answer, the case. What people took, or never saw considered, was no decision to judge.
select v.contact_id, p.is_verified, coalesce(k.category_id, d.body->'earned'->0->>'category') as category_id,
    coalesce(k.tier, a.tier, '') as tier, v.channel, c.agent_id, c.kind = 'needless' as is_needless, d.reason,
    d.body->'because'->0->>'rule' as rule, d.body->>'confidence' as confidence, d.body->>'threshold' as threshold,
    c.at, j.said
from corrections c
join conversations v on v.id = c.conversation_id
join contacts p on p.id = v.contact_id
left join accounts a on a.id = v.account_id
join lateral (
    select seq, reason, body from decisions
    where conversation_id = c.conversation_id and seq <= c.seq and action = 'hand_off' order by seq desc limit 1
) d on true
left join cases k on k.conversation_id = c.conversation_id and k.seq = d.seq
left join lateral (
    select jsonb_agg(jsonb_build_array(source, verdict, weight, author, at, note, distance) order by id) as said
    from judgements where conversation_id = k.conversation_id and seq = k.seq
) j on true
where c.kind in ('right_call', 'needless') and c.undoes is null and c.at > %(since)s
  and d.reason not in ('taken_by_person', 'not_considered', 'held_out')
  and not exists (select from corrections u where u.undoes = c.id)
order by c.place

-- name: to_review
-- Drawn, not yet graded, oldest first, so that nobody picks. An agent is not asked about a conversation of their own.
select k.conversation_id, k.seq, k.category_id, k.confidence, k.at, m.body as asked, w.body->>'text' as answered,
    w.body->'grounds' as grounds, (select count(*) from reviews) as waiting
from (
    select w.* from reviews w
    where not exists (select from conversations c where c.id = w.conversation_id
                      and c.team_id = any ((select teams_closed_to(%(agent)s))::text[]))
      and not exists (select from messages x where x.conversation_id = w.conversation_id and x.agent_id = %(agent)s)
    order by w.at, w.conversation_id, w.seq limit 1) r
join cases k using (conversation_id, seq)
join messages m using (conversation_id, seq)
join answers w using (conversation_id, seq)

-- name: has_part
select exists (select from messages where conversation_id = %(conversation_id)s and agent_id = %(agent)s) as yes

-- name: judged_by_matter
-- By people of ours; nobody makes a matter known alone, so a customer counts once.
select k.category_id, k.intent_id, count(distinct k.contact_id) as n from cases k
where exists (select from judgements j where j.conversation_id = k.conversation_id and j.seq = k.seq
              and j.verdict <> 'unknown' and j.weight > 0 and j.author in (select id from agents))
  and (%(categories)s::text[] is null or (k.category_id = any(%(categories)s) and k.intent_id = any(%(intents)s)))
group by 1, 2

-- name: suggested
-- The answer an agent's message stands beside: to the customer's newest message, where nobody had answered that yet.
select k.conversation_id, k.seq, k.rung, w.body->>'text' as answer, m.body as sent, m.agent_id,
    (d.body->'because') @> '[{"reason": "held_out"}]' as is_held_out
from messages m
join lateral (
    select seq from messages where conversation_id = m.conversation_id and seq < m.seq and author = 'customer'
    order by seq desc limit 1
) asked on true
join cases k on k.conversation_id = m.conversation_id and k.seq = asked.seq
join answers w on w.conversation_id = k.conversation_id and w.seq = k.seq
join decisions d on d.conversation_id = k.conversation_id and d.seq = k.seq
where m.conversation_id = %(conversation_id)s and m.seq = %(seq)s and m.agent_id is not null and not k.was_given
  and not exists (select from messages x where x.conversation_id = m.conversation_id and x.agent_id is not null
                  and x.seq > asked.seq and x.seq < m.seq)

-- name: answer
-- What an agent may approve: the answer to the newest message, while it is open and nobody replied to it.
select c.id, c.status, c.customer_seq, c.assignee_id, c.handler, w.kind, w.body->>'text' as answer, d.rung, d.action,
    coalesce((d.body->'because') @> '[{"reason": "held_out"}]', false) as is_held_out
from conversations c
left join answers w on w.conversation_id = c.id and w.seq = %(seq)s
left join decisions d on d.conversation_id = c.id and d.seq = %(seq)s
where c.id = %(id)s

-- name: approve
-- Sends the assistant's words with an agent's name under them. A person has answered, so the clocks stop. Where it only
-- waited for this key, and nobody had taken it, the conversation goes on with the assistant; else the agent has it. No
-- row where the customer wrote or somebody answered first.
with only_approval as (
    select from decisions
    where conversation_id = %(id)s and seq = %(seq)s and action = 'hand_off' and reason = 'awaits_approval'
), c as (
    update conversations
    set seq = seq + 1, token = token + 1, leased_by = null, lease_until = null, held_by = null, held_until = null,
        handler = case when assignee_id is null and exists (select from only_approval) then 'assistant'
            else 'human' end,
        assignee_id = case when exists (select from only_approval) then assignee_id
            else coalesce(assignee_id, %(agent)s) end,
        status = 'waiting',
        first_responded_at = coalesce(first_responded_at, %(now)s), first_response_due = null,
        next_response_due = null, waiting_since = null, changed_at = %(now)s
    where id = %(id)s and customer_seq = %(seq)s and considered_seq = %(seq)s and status = 'open' and handler = 'human'
      and not exists (select from messages where conversation_id = %(id)s and seq > %(seq)s and agent_id is not null)
    returning id, seq, contact_id, channel, subject, handler
), m as (
    insert into messages (conversation_id, seq, author, agent_id, body, at)
    select id, seq, 'assistant', %(agent)s, %(body)s, %(now)s from c
), e as (
    insert into events (kind, conversation_id, author, body, at)
    select 'message.sent', id, %(agent)s,
        jsonb_strip_nulls(jsonb_build_object('seq', seq, 'answers', %(seq)s::int, 'approved_by', %(agent)s::text,
            'handler', handler, 'voice', nullif(%(voice)s::text, ''))), %(now)s from c
), o as (
    insert into outbox (id, kind, conversation_id, seq, body, due_at)
    select 'out_' || substr(c.id, 5) || '.' || c.seq, 'mail', c.id, c.seq,
        jsonb_build_object('to', reached_at(p), 'subject', c.subject, 'text', %(body)s::text, 'is_automatic', false), %(now)s
    from c join contacts p on p.id = c.contact_id where c.channel = 'email' and reached_at(p) <> ''
)
select seq from c

-- name: would_be
select k.conversation_id, k.seq, m.body as asked, w.body->>'text' as answered, k.confidence, k.was_given
from unnest(%(conversations)s::text[], %(seqs)s::int[]) as wanted (conversation_id, seq)
join cases k using (conversation_id, seq)
join messages m using (conversation_id, seq)
join answers w using (conversation_id, seq)

-- name: stale_articles
-- Each with why, in words. Doubts that replies agreed on, or a person confirmed, go before the date they were given.
select a.id, a.title, case when not a.is_live then 'gone' when c.status is not null then c.status else 'review' end as why
from articles a
left join lateral (
    select status from stale_cases where article_id = a.id and version = a.version and status in ('agreed', 'confirmed')
    order by closed_at desc limit 1
) c on true
where not a.is_live or a.review_by < %(today)s
