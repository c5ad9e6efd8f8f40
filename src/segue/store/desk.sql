-- What people do with a conversation. Every change of hands gives the conversation a new token, so a turn that is being
-- considered meanwhile is dropped; its message is considered again, with the person as handler: at once, also where it
-- had been put off.

-- name: take
-- `is_new`: whether hands changed. The row is locked before it is read, so that of two takes at once one is new.
with old as (
    select id, assignee_id, handler from conversations where id = %(id)s and status <> 'resolved' for update
), mine as (
    -- nothing is to be done; that a colleague gives it to whoever has it says that they are to keep it
    select id from old where assignee_id = %(agent)s and handler = 'human' and %(author)s = %(agent)s
), c as (
    update conversations c
    set assignee_id = %(agent)s, handler = 'human', token = token + 1, leased_by = null, lease_until = null,
        ready_at = case when ready_at > %(now)s then %(now)s else ready_at end,
        handed_off_at = coalesce(handed_off_at, %(now)s), changed_at = %(now)s,
        -- whoever waits for the customer's answer goes on to; what the assistant had is looked at
        waiting_since = case when old.handler = 'human' then waiting_since else coalesce(waiting_since, %(now)s) end,
        status = case when status = 'waiting' and old.handler = 'assistant' then 'open' else status end
    from old
    where c.id = old.id and not exists (select from mine)
      and (c.assignee_id is null or c.assignee_id = %(agent)s or %(force)s)
    returning c.id, old.assignee_id is distinct from %(agent)s as is_new
), free as (
    update claims set released_at = %(now)s
    where conversation_id in (select id from c) and released_at is null and agent_id <> %(agent)s
), k as (
    insert into claims (id, conversation_id, agent_id, author, reason, at)
    select %(claim_id)s, id, %(agent)s, %(author)s, %(reason)s, %(now)s from c
    where not exists (select from claims x where x.conversation_id = c.id and x.agent_id = %(agent)s
                      and x.released_at is null)
), e as (
    insert into events (kind, conversation_id, author, body, at)
    select 'conversation.claimed', id, %(author)s, jsonb_build_object('agent', %(agent)s::text), %(now)s from c
)
select id, is_new from c union all select id, false from mine

-- name: assign_team
with c as (
    update conversations
    set team_id = %(team)s, assignee_id = null, handler = 'human', token = token + 1, leased_by = null,
        lease_until = null, ready_at = case when ready_at > %(now)s then %(now)s else ready_at end,
        handed_off_at = coalesce(handed_off_at, %(now)s),
        waiting_since = coalesce(waiting_since, %(now)s),
        -- as whoever takes it, the team finds it among what is open
        status = case when status = 'waiting' then 'open' else status end, changed_at = %(now)s
    where id = %(id)s and status <> 'resolved'
    returning id
), free as (
    update claims set released_at = %(now)s where conversation_id in (select id from c) and released_at is null
), e as (
    insert into events (kind, conversation_id, author, body, at)
    select 'conversation.assigned', id, %(author)s, jsonb_build_object('team', %(team)s::text), %(now)s from c
)
select id from c

-- name: brief_late
-- For whoever took over, or was given, what the assistant had: the promises begin. `is_new`: whether nobody was told of
-- it since the assistant had it last: it was handed back, or said something and went on with it, by an approved answer,
-- say. A suggestion that an agent got meanwhile tells nobody. No row where nothing is new and nothing begins: what
-- changed without an event would stand on open pages as it was.
with o as (
    select c.id, assignee_id, episode_seq,
        case when first_responded_at is null
            then least(first_response_due, %(first_due)s::timestamptz) end as first_response_due,
        coalesce(resolution_due, %(resolution_due)s::timestamptz) as resolution_due,
        -- whom nobody took waits in the queue of a team
        coalesce(team_id, case when assignee_id is null then (select id from teams where id = %(team)s) end) as team_id,
        not exists (
            select from events e where e.conversation_id = c.id
            and e.kind in ('conversation.handed_off', 'conversation.briefed')
            and (e.body ->> 'seq')::int >= c.episode_seq
            and e.id > coalesce((select max(id) from events h where h.conversation_id = c.id
                                 and (h.kind = 'conversation.handed_back'
                                      or h.kind = 'message.sent' and h.body ->> 'handler' = 'assistant')), 0)) as is_new
    from conversations c where c.id = %(id)s and handler = 'human' and status <> 'resolved'
    for update of c
), c as (
    update conversations c
    set first_response_due = o.first_response_due, resolution_due = o.resolution_due, team_id = o.team_id,
        changed_at = %(now)s
    from o where c.id = o.id and (is_new or (c.first_response_due, c.resolution_due, c.team_id)
                                  is distinct from (o.first_response_due, o.resolution_due, o.team_id))
    returning c.id, c.assignee_id, c.episode_seq, is_new
), b as (
    insert into briefings (conversation_id, seq, body) select id, %(seq)s, %(briefing)s from c where is_new
    -- at the same message, where what people had been told of it is not so any more
    on conflict (conversation_id, seq) do update set body = excluded.body
), e as (
    insert into events (kind, conversation_id, author, body, at)
    -- of a conversation that was opened again by hand no message is of this episode yet
    select case when is_new then 'conversation.briefed' else 'conversation.promised' end, id, 'assistant',
        jsonb_build_object('seq', greatest(%(seq)s::int, episode_seq)), %(now)s from c
)
select id, assignee_id, is_new from c

-- name: reply
-- A person's word: takes the conversation where nobody has it, stops the waiting clocks. One that is resolved is opened
-- again by it: what the customer answers is that person's, no promise that was kept is broken by it, and what solved it
-- holds. No row where the customer or a colleague wrote after `seen_seq`, or the conversation is missing.
with old as (
    select id, assignee_id, status = 'resolved' as was_resolved, jsonb_build_object(
        'first_responded_at', first_responded_at) ||
        case when status = 'resolved' then '{"is_owed": false}' -- there none ran
            else jsonb_build_object('first_response_due', first_response_due, 'next_response_due', next_response_due,
                'waiting_since', waiting_since) end as clocks
    from conversations where id = %(id)s for update
), c as (
    update conversations c
    set seq = seq + 1, handler = 'human',
        assignee_id = coalesce(c.assignee_id, %(agent)s),
        token = token + 1,
        leased_by = null, lease_until = null, held_by = null, held_until = null,
        status = 'waiting', resolved_at = null,
        episode = c.episode + old.was_resolved::int,
        episode_seq = case when old.was_resolved then c.seq + 1 else c.episode_seq end,
        resolution_due = case when not old.was_resolved then c.resolution_due end,
        breached = case when old.was_resolved then '{}' else c.breached end,
        ready_at = case when ready_at > %(now)s then %(now)s else ready_at end,
        handed_off_at = coalesce(handed_off_at, %(now)s),
        first_responded_at = coalesce(first_responded_at, %(now)s), first_response_due = null,
        next_response_due = null, waiting_since = null, changed_at = %(now)s
    from old
    where c.id = old.id and merged_into is null
      -- as the row says it, too: of a message that comes at this very moment the statement does not see the other
      and customer_seq <= coalesce(%(seen_seq)s::int, customer_seq)
      and not exists (
          select from messages m where m.conversation_id = %(id)s and m.seq > %(seen_seq)s::int
          and (m.author = 'customer' or (m.author = 'agent' and m.agent_id <> %(agent)s)))
      and not exists (select from messages where conversation_id = %(id)s and client_id = %(client_id)s)
    returning c.*, old.clocks, old.was_resolved, old.assignee_id is null as is_taken
), k as (
    -- as by taking it: whoever answers first has it, is briefed, and the promises begin, where somebody waits for them
    insert into claims (id, conversation_id, agent_id, author, reason, at)
    select %(claim_id)s, id, %(agent)s, %(agent)s, 'replied', %(now)s from c where is_taken
), m as (
    insert into messages (conversation_id, seq, author, agent_id, client_id, body, voice, at)
    select id, seq, 'agent', %(agent)s, %(client_id)s, %(body)s, nullif(%(voice)s, ''), %(now)s from c
), f as (
    update attachments a set conversation_id = c.id, seq = c.seq, draft = null, reply_id = null
    from c where a.id = any(%(files)s::text[]) and a.owner = %(files_of)s and (a.reply_id = %(client_id)s and a.seq is null or
        -- also: attachments.loose
        )
), e as (
    insert into events (kind, conversation_id, author, body, at)
    select 'conversation.claimed', id, %(agent)s, jsonb_build_object('agent', %(agent)s::text), %(now)s
    from c where is_taken and not was_resolved
    union all
    select 'conversation.reopened', id, %(agent)s, '{}', %(now)s from c where was_resolved
    union all
    select 'message.sent', id, %(agent)s,
        jsonb_strip_nulls(jsonb_build_object('seq', seq, 'voice', nullif(%(voice)s::text, ''))), %(now)s from c
), o as (
    insert into outbox (id, kind, conversation_id, seq, body, due_at)
    -- a mail can be taken back for a moment; a reply in a chat follows by mail where nobody comes to see it
    select case when k.by_mail then 'out_' else 'awy_' end || substr(c.id, 5) || '.' || c.seq,
        case when k.by_mail then 'mail' else 'away' end, c.id, c.seq,
        jsonb_build_object('to', reached_at(p), 'subject', c.subject, 'text', %(body)s::text, 'is_automatic', false)
            -- as they were, for whoever takes it back
            || case when k.by_mail then jsonb_build_object('clocks', c.clocks) else '{}' end,
        case when k.by_mail then %(now)s + %(undo)s::interval
            when exists (select from mails w where w.conversation_id = c.id and w.seq = c.customer_seq) then %(now)s
            else %(now)s + interval '2 minutes' end
    from c join contacts p on p.id = c.contact_id cross join lateral (select c.channel = 'email' as by_mail) k
    where reached_at(p) <> '' and (k.by_mail or c.customer_seen_at is not null)
)
select id, number, seq from c

-- name: writer_after
-- Who wrote after `seen_seq`, the newest first.
select m.author, a.name from messages m left join agents a on a.id = m.agent_id
where m.conversation_id = %(id)s and m.seq > %(seen_seq)s
  and (m.author = 'customer' or (m.author = 'agent' and m.agent_id <> %(agent)s))
order by m.seq desc limit 1

-- name: replied_before
select m.seq, m.author = 'agent' and m.agent_id = %(agent)s and m.body = %(body)s and array(
    -- also: inbox.files
    where f.conversation_id = m.conversation_id and f.seq = m.seq order by 1
) = array(
-- also: inbox.brought
) as is_same
from messages m where m.conversation_id = %(id)s and m.client_id = %(client_id)s

-- name: say
-- A word of the system to the customer: who has joined, what happens next.
with c as (
    update conversations set seq = seq + 1, changed_at = %(now)s where id = %(id)s returning id, seq
), m as (
    insert into messages (conversation_id, seq, author, body, at) select id, seq, 'system', %(body)s, %(now)s from c
), o as (
    insert into outbox (id, kind, conversation_id, seq, body, due_at)
    select 'out_' || substr(v.id, 5) || '.' || c.seq, 'mail', v.id, c.seq,
        jsonb_build_object('to', reached_at(p), 'subject', case when p.is_verified then v.subject else '' end, -- as in commit
            'text', %(body)s::text, 'is_automatic', true), %(now)s
    from c join conversations v on v.id = c.id join contacts p on p.id = v.contact_id
    where v.channel = 'email' and reached_at(p) <> ''
)
insert into events (kind, conversation_id, author, body, at)
select 'message.sent', id, 'system', jsonb_build_object('seq', seq), %(now)s from c

-- name: noted_before
select n.id, n.agent_id = %(agent)s and n.body = %(body)s and array(
    -- also: inbox.files
    where f.note_id = n.id order by 1
) = array(
-- also: inbox.brought
) as is_same
from notes n where n.conversation_id = %(id)s and n.client_id = %(client_id)s

-- name: note
-- No row where its client_id was used before.
with n as (
    insert into notes (id, conversation_id, agent_id, client_id, body, at)
    select %(note_id)s, id, %(agent)s, %(client_id)s, %(body)s, %(now)s from conversations where id = %(id)s
    on conflict (conversation_id, client_id) where client_id is not null do nothing
    returning id, conversation_id
), f as (
    update attachments a set conversation_id = n.conversation_id, note_id = n.id, draft = null
    from n where a.id = any(%(files)s::text[]) and a.owner = %(files_of)s and
        -- also: attachments.loose
), m as (
    insert into mentions (note_id, agent_id, conversation_id, author, at)
    select n.id, a.id, n.conversation_id, %(agent)s, %(now)s from n cross join agents a where a.id = any(%(called)s)
    returning note_id, conversation_id, agent_id
), e as (
    insert into events (kind, conversation_id, author, body, at)
    select 'agent.mentioned', conversation_id, %(agent)s, jsonb_build_object('note', note_id, 'agent', agent_id), %(now)s
    from m
)
insert into events (kind, conversation_id, author, body, at)
select 'conversation.noted', conversation_id, %(agent)s, jsonb_build_object('note', id), %(now)s from n

-- name: resolve
-- `resolution`: what solved it, which is the one before where nothing was left to solve. A message that still waits is
-- considered with the person as handler: the assistant has no last word. No row where the customer wrote after
-- `seen_seq`.
with c as (
    update conversations
    set ready_at = case when ready_at > %(now)s then %(now)s else ready_at end,
        handler = case when ready_at is null then handler else 'human' end,
        -- also: closed
        , intent_id = coalesce(%(intent)s, intent_id),
        category_id = coalesce((select category_id from intents where id = %(intent)s), category_id)
    where id = %(id)s and status <> 'resolved' and customer_seq <= coalesce(%(seen_seq)s::int, customer_seq)
    returning *
), free as (
    update claims set released_at = %(now)s where conversation_id in (select id from c) and released_at is null
), first_turn as (
    select conversation_id, seq, vector, encoder from assessments where conversation_id = %(id)s
    and episode = (select episode from c) order by seq limit 1
), r as (
    insert into resolutions (id, conversation_id, contact_id, episode, intent_id, category_id, article_id, problem,
        solution, resolved_by, outcome, minutes, at, vector, encoder, intent_named, voice)
    select %(resolution_id)s, c.id, c.contact_id, c.episode, c.intent_id, c.category_id, %(article)s,
        -- also: problem
        , %(solution)s, %(author)s, %(outcome)s, %(minutes)s, %(now)s, (select vector from first_turn),
        coalesce((select encoder from first_turn), ''),
        %(intent)s::text is not null, nullif(%(voice)s, '')
    from c where
    -- also: solves_something
    returning id
), e as (
    insert into events (kind, conversation_id, author, body, at)
    select 'conversation.resolved', id, %(author)s,
        jsonb_strip_nulls(jsonb_build_object('resolution', (select id from r), 'outcome', %(outcome)s::text,
            'voice', nullif(%(voice)s::text, ''))), %(now)s from c
)
select coalesce((select id from r), (
    select id from resolutions b where b.conversation_id = c.id order by at desc limit 1)) as resolution from c

-- name: closed
-- What is set where a conversation ends. What was promised is set to rest, not ended: whether this holds shows later.
status = 'resolved', resolved_at = %(now)s, token = token + 1, leased_by = null, lease_until = null, waiting_since = null,
changed_at = %(now)s

-- name: solves_something
-- Whether conversation `c` ends something: a person's late line that nobody answered is no second solution.
(c.customer_seq >= c.episode_seq or not exists (
    select from resolutions b
    where b.conversation_id = c.id and b.episode = c.episode - 1 and b.outcome <> 'reopened'))

-- name: problem
-- What the customer of conversation `c` came with in this episode.
coalesce((select p.body from messages p where p.conversation_id = c.id and p.seq >= c.episode_seq and p.author = 'customer'
          order by p.seq limit 1), c.subject)

-- name: say_for_oneself
-- What a key said somebody resolved becomes a person's word, with the matter that the key had named where they name none: from
-- then on it teaches. No row where no key said so.
with c as (
    select id, episode from conversations where id = %(id)s and status = 'resolved' for update
), r as (
    update resolutions r
    set voice = null, resolved_by = %(author)s, intent_id = coalesce(%(intent)s, r.intent_id),
        category_id = coalesce((select category_id from intents where id = %(intent)s), r.category_id),
        article_id = coalesce(%(article)s, r.article_id), minutes = coalesce(%(minutes)s, r.minutes),
        solution = case when %(solution)s = '' then r.solution else %(solution)s end,
        intent_named = r.intent_named or %(intent)s::text is not null
    from c where r.conversation_id = c.id and r.episode = c.episode and r.voice is not null
    returning r.id, r.conversation_id, r.outcome, r.intent_id, r.category_id
), v as (
    update conversations v set intent_id = r.intent_id, category_id = r.category_id, changed_at = %(now)s
    from r where v.id = r.conversation_id
), e as (
    insert into events (kind, conversation_id, author, body, at)
    select 'conversation.resolved', conversation_id, %(author)s,
        jsonb_build_object('resolution', id, 'outcome', outcome), %(now)s from r
)
select id from r

-- name: opened_again
-- The last of what a statement sets that opens a conversation, resolved or not. Of one that was resolved an episode
-- begins; who comes back soon finds what was promised running on; a resolution that held for a week has ended it.
status = 'open', resolved_at = null,
episode = c.episode + (c.status = 'resolved')::int,
episode_seq = case when c.status = 'resolved' then c.seq + 1 else c.episode_seq end,
first_responded_at = case when c.status <> 'resolved' then c.first_responded_at end,
first_response_due = case when c.status <> 'resolved' or c.resolved_at > %(durable_since)s then c.first_response_due end,
next_response_due = case when c.status <> 'resolved' or c.resolved_at > %(durable_since)s then c.next_response_due end,
resolution_due = case when c.status <> 'resolved' or c.resolved_at > %(durable_since)s then c.resolution_due end,
breached = case when c.status <> 'resolved' or c.resolved_at > %(durable_since)s then c.breached else '{}' end

-- name: did_not_hold
-- Of conversations `c` that were resolved until now, the resolution.
update resolutions r set outcome = 'reopened'
from (select distinct on (conversation_id) id from resolutions
      where conversation_id in (select id from c where was_resolved) order by conversation_id, at desc) last
where r.id = last.id

-- name: left_unanswered
-- What is set where the customer did not get what was written to them: people get the conversation, whatever its state.
handler = 'human', token = token + 1, leased_by = null, lease_until = null, hold_body = null,
ready_at = case when ready_at > %(now)s then %(now)s else ready_at end,
handed_off_at = coalesce(handed_off_at, %(now)s),
-- whoever wrote has had no answer
waiting_since = coalesce(waiting_since,
    (select m.at from messages m where m.conversation_id = c.id and m.seq = c.customer_seq), %(now)s),
changed_at = %(now)s,
-- also: opened_again

-- name: reopen
with c as (
    update conversations c
    set handler = 'human', assignee_id = coalesce(%(agent)s, assignee_id),
        token = token + 1, leased_by = null, lease_until = null, waiting_since = %(now)s, changed_at = %(now)s,
        -- also: opened_again
    where id = %(id)s and status = 'resolved' and merged_into is null
    returning id, true as was_resolved
), r as (
    -- also: did_not_hold
), e as (
    insert into events (kind, conversation_id, author, body, at)
    select 'conversation.reopened', id, %(author)s, '{}', %(now)s from c
)
select id from c

-- name: last_look
-- `is_answered`: whether the customer's last message has an answer that went out, or is about to. Of one that has none,
-- `handed_over` is its seq where the assistant handed it over by its own judgement; else `left_open` is: it only told people
-- what it would say, or could tell nobody anything, or what it said did not arrive.
select v.id, v.seq as newest, x.is_answered,
    case when not is_answered and d.action = 'hand_off' and not was_mute then v.customer_seq end as handed_over,
    case when not is_answered and (d.action <> 'hand_off' or was_mute) then v.customer_seq end as left_open
from conversations v
left join decisions d on d.conversation_id = v.id and d.seq = v.customer_seq
cross join lateral (
    select d.reason in ('assistant_off', 'not_considered') as was_mute,
        exists (select from messages m where m.conversation_id = v.id and m.seq > v.customer_seq
                and m.author in ('agent', 'assistant')
                and not exists (select from outbox o where o.conversation_id = v.id and o.seq = m.seq
                                and (o.cancelled_at is not null or o.undelivered_at is not null)))
        or exists (select from waiting_replies w
                   where w.conversation_id = v.id and w.state in ('waiting', 'sending')) as is_answered
) x
where v.id = %(id)s

-- name: hand_back
-- A last message that nobody answered, and that was left to people while they had it, is considered anew: what was made
-- of it is taken back, but for a case that was judged. No row where somebody writes at this very moment: what comes now is
-- considered, and what is answered now is not answered twice.
with c as (
    update conversations c
    set handler = 'assistant', assignee_id = null, token = token + 1, leased_by = null, lease_until = null,
        held_by = null, held_until = null, first_responded_at = null, -- what people promised stays promised
        considered_seq = case when customer_seq = l.left_open then customer_seq - 1 else considered_seq end,
        ready_at = case when customer_seq > considered_seq or customer_seq = l.left_open then %(now)s end,
        status = case when l.is_answered then 'waiting' else status end, changed_at = %(now)s
    from (
        -- also: last_look
    ) l
    where c.id = l.id and c.seq = l.newest and c.status <> 'resolved' and c.handler = 'human'
    returning c.id, c.customer_seq as seq, c.considered_seq < c.customer_seq as is_open
), d as (
    delete from decisions d using c where is_open and d.conversation_id = c.id and d.seq = c.seq
), a as (
    delete from assessments a using c where is_open and a.conversation_id = c.id and a.seq = c.seq
), w as (
    delete from answers w using c where is_open and w.conversation_id = c.id and w.seq = c.seq
), n as (
    -- the notice that people have it, and what did not arrive, answer nothing any more: each message has one reply
    update messages n set answers_seq = null from c
    where is_open and n.conversation_id = c.id and n.answers_seq = c.seq
), k as (
    delete from cases k using c where is_open and k.conversation_id = c.id and k.seq = c.seq
    and not exists (select from judgements j where j.conversation_id = k.conversation_id and j.seq = k.seq)
), free as (
    update claims set released_at = %(now)s where conversation_id in (select id from c) and released_at is null
), e as (
    insert into events (kind, conversation_id, author, body, at)
    select 'conversation.handed_back', id, %(author)s, case when is_open then jsonb_build_object('seq', seq) else '{}' end,
        %(now)s from c
)
select id from c

-- name: hold
-- An agent's hands are on the composer: whatever the assistant is about to say is dropped.
with c as (
    update conversations
    set held_by = %(agent)s, held_until = %(until)s,
        token = token + (held_until is null or held_until <= %(now)s)::int,
        leased_by = case when held_until > %(now)s then leased_by end,
        lease_until = case when held_until > %(now)s then lease_until end
    where id = %(id)s
    returning id, held_by
), e as (
    insert into events (kind, conversation_id, author, body, at)
    select 'conversation.held', id, %(agent)s, jsonb_build_object('until', %(until)s::timestamptz), %(now)s from c
)
select id from c

-- name: breach
-- Clocks past their promise, each recorded once, however many workers look at once.
with due as (
    select id, k.clock, k.due from conversations c cross join lateral (values
        ('first_response', first_response_due), ('next_response', next_response_due), ('resolution', resolution_due)
    ) as k (clock, due)
    where k.due <= %(now)s and not k.clock = any(c.breached) and c.status <> 'resolved'
      and (first_response_due <= %(now)s and not 'first_response' = any(c.breached)
        or next_response_due <= %(now)s and not 'next_response' = any(c.breached)
        or resolution_due <= %(now)s and not 'resolution' = any(c.breached))
    limit 500 for update of c skip locked
), c as (
    update conversations c set breached = breached || due_now.clocks
    from (select id, array_agg(clock) as clocks from due group by id) due_now
    where c.id = due_now.id
    returning c.id
), e as (
    insert into events (kind, conversation_id, author, body, at)
    select 'clock.breached', due.id, 'system', jsonb_build_object('clock', due.clock, 'due', due.due), %(now)s
    from due join c using (id)
)
select id from c

-- name: fall_silent
-- The assistant answered and the customer never came back: resolved, but only assumed.
with c as (
    update conversations
    set
        -- also: closed
    where id in (
        select id from conversations
        where status = 'waiting' and handler = 'assistant' and changed_at < %(since)s and ready_at is null
        limit 200 for update skip locked)
    returning *
), r as (
    insert into resolutions (id, conversation_id, contact_id, episode, intent_id, category_id, article_id, problem,
        solution, resolved_by, voice, outcome, at)
    select 'res_' || substr(c.id, 5) || '.' || c.seq, c.id, c.contact_id, c.episode, c.intent_id, c.category_id,
        w.article_id,
        -- also: problem
        , coalesce(m.body, ''), coalesce(m.agent_id, 'assistant'), m.voice, 'assumed', %(now)s
    from c
    -- of whoever had the last word, which may be a person who handed it back
    left join lateral (
        select body, agent_id, voice, answers_seq from messages
        where conversation_id = c.id and seq >= c.episode_seq and author in ('agent', 'assistant')
        order by seq desc limit 1
    ) m on true
    left join answers w on w.conversation_id = c.id and w.seq = m.answers_seq
    where
    -- also: solves_something
), e as (
    insert into events (kind, conversation_id, author, body, at)
    select 'conversation.resolved', id, 'system', '{"outcome": "assumed"}', %(now)s from c
)
select id from c
