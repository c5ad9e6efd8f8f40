-- The message is the job. Accepting is one durable statement; considering happens on a lease; committing compares the
-- token first.

-- name: accept
-- The next message of a conversation. No row: the conversation is missing or the client_id was taken before. Where the
-- same client_id comes twice at once, the later one fails whole (unique violation): seq must not count what is not there.
with c as (
    update conversations c
    set seq = seq + 1,
        customer_seq = seq + 1,
        -- what was put off is looked at again with this beside it; what failed waits its pause out
        ready_at = case when again then coalesce(ready_at, %(now)s) else least(ready_at, %(now)s) end,
        waiting_since = coalesce(waiting_since, %(now)s),
        changed_at = %(now)s,
        token = token + (status = 'resolved')::int,
        leased_by = case when status <> 'resolved' then leased_by end,
        lease_until = case when status <> 'resolved' then lease_until end,
        handler = case when status = 'resolved' then 'assistant' else handler end,
        assignee_id = case when status = 'resolved' then null else assignee_id end,
        -- what is closed stays closed, whatever is written next
        team_id = case when status <> 'resolved' or exists (select from teams t where t.id = team_id and t.is_closed) then team_id end,
        reason = case when status = 'resolved' then null else reason end,
        frustration = case when status = 'resolved' then 0 else frustration end,
        page_url = coalesce(%(page_url)s, page_url),
        page_title = coalesce(%(page_title)s, page_title),
        -- also: desk.opened_again
    -- what was merged takes nothing any more: its customer's words land in the one it went into
    where id = (select coalesce(merged_into, id) from conversations where id = %(conversation_id)s)
      and merged_into is null and not exists (
          select from messages where conversation_id in (c.id, %(conversation_id)s) and client_id = %(client_id)s)
    returning id, number, seq, contact_id
), m as (
    insert into messages (conversation_id, seq, author, client_id, body, page_url, at)
    select id, seq, 'customer', %(client_id)s, %(body)s, %(page_url)s, %(now)s from c
    returning seq
), f as (
    -- what was uploaded for it goes with it, and only what is its maker's and nobody has sent
    update attachments a set conversation_id = c.id, seq = c.seq, draft = null, reply_id = null
    from c where a.id = any(%(files)s::text[]) and a.owner = %(files_of)s and
        -- also: attachments.loose
), e as (
    insert into events (kind, conversation_id, author, body, at)
    select 'message.received', id, contact_id, jsonb_build_object('seq', c.seq), %(now)s from c join m using (seq)
)
select c.id, c.number, m.seq from c join m using (seq)

-- name: same_customers
-- Whether message m is the customer's own, in these words and with these files. Those of a mail come by another way.
(m.author = 'customer' and m.body = %(body)s and array(
    -- also: files
    where f.conversation_id = m.conversation_id and f.seq = m.seq and f.mail_id is null order by 1
) = array(
-- also: brought
)) as is_same

-- name: files
-- By name and content: one may have been brought in once more.
select f.name || ' ' || md5(f.body) from attachments f

-- name: brought
-- also: files
where f.id = any(%(files)s::text[]) and f.owner = %(files_of)s order by 1

-- name: accepted_before
select c.id, c.number, m.seq,
-- also: same_customers
from conversations c
left join messages m on m.conversation_id in (c.id, %(conversation_id)s) and m.client_id = %(client_id)s
where c.id = (select coalesce(merged_into, id) from conversations where id = %(conversation_id)s)

-- name: open
-- A new conversation with its first message. A vouched-for contact is found by id or address among the verified; a
-- claimed one only among the claimed, so a claim never opens somebody else's history (trust, defence 5). One known by
-- address only gets it as external_id, which is unique: two first messages at once make one contact.
with known as (
    (select id, account_id from contacts
     where external_id = %(external_id)s::text and is_verified = %(is_verified)s)
    union all
    (select id, account_id from contacts
     where lower(email) = lower(%(email)s) and email <> '' and %(external_id)s::text is null
       and is_verified = %(is_verified)s
     order by id limit 1)
), made as (
    insert into contacts (id, external_id, name, email, is_verified, created_at)
    select %(contact_id)s, coalesce(%(external_id)s::text, case when %(email)s <> '' then
            case when %(is_verified)s then 'mail:' else 'claimed mail:' end || lower(%(email)s) end),
        %(name)s, %(email)s, %(is_verified)s, %(now)s
    where not exists (select from known)
    on conflict (external_id) do nothing
    returning id, account_id
), told as (
    -- what is vouched for now goes before what was known; of what nothing is said, that stays
    update contacts p
    set email = coalesce(nullif(%(email)s, ''), p.email), name = coalesce(nullif(%(name)s, ''), p.name),
        reach = case when %(email)s in ('', p.email) then p.reach else '' end
    from known
    where p.id = known.id and %(is_verified)s and %(external_id)s::text is not null
      and (%(email)s not in ('', p.email) or %(name)s not in ('', p.name))
    returning p.id
), who as (
    select id, account_id from known union all select id, account_id from made
), before as (
    select c.id, c.number, c.channel = %(channel)s and %(subject)s in ('', c.subject) as fits from conversations c
    where c.contact_id = (select id from known) and c.client_id = %(client_id)s
), c as (
    insert into conversations (id, client_id, contact_id, account_id, channel, subject, page_url, page_title,
        opened_at, changed_at, seq, customer_seq, ready_at, waiting_since)
    select %(conversation_id)s, %(client_id)s, who.id, who.account_id, %(channel)s, %(subject)s, %(page_url)s,
        %(page_title)s, %(now)s, %(now)s, 1, 1, %(now)s, %(now)s
    from who where not exists (select from before)
    on conflict (contact_id, client_id) where client_id is not null do nothing
    returning id, number, contact_id
), m as (
    insert into messages (conversation_id, seq, author, client_id, body, page_url, at)
    select id, 1, 'customer', %(client_id)s, %(body)s, %(page_url)s, %(now)s from c
), f as (
    -- what was uploaded for it goes with it, and only what is its maker's and nobody has sent
    update attachments a set conversation_id = c.id, seq = 1, draft = null, reply_id = null
    from c where a.id = any(%(files)s::text[]) and a.owner = %(files_of)s and
        -- also: attachments.loose
), e as (
    insert into events (kind, conversation_id, author, body, at)
    select 'message.received', id, contact_id, '{"seq": 1}', %(now)s from c
    union all
    select 'contact.changed', null, id, jsonb_build_object('contact', id), %(now)s from told
)
select id, number, 1 as seq, true as is_same from c
union all
select before.id, before.number, 1, fits and coalesce(first.is_same, true) -- it is elsewhere where it was merged away
from before left join lateral (
    select
-- also: same_customers
    from messages m where m.conversation_id = before.id and m.seq = 1
) first on true

-- name: make_way
-- For a first message under an external_id that the other kind of contact has: one that was only claimed makes way for
-- who is vouched for and keeps a name of its own. `is_anothers`: whether it is a claim that finds somebody vouched for.
with c as (
    update contacts p set external_id = 'claimed ' || external_id
    where %(is_verified)s and external_id = %(external_id)s and not is_verified
      and not exists (select from contacts o where o.external_id = 'claimed ' || p.external_id)
)
select not %(is_verified)s and exists (
    select from contacts where external_id = %(external_id)s and is_verified) as is_anothers

-- name: claim
-- Conversations that wait, oldest first. Those that failed before come one at a time, so that a message which kills its
-- worker takes no other with it. A claim need not survive a crash (then nobody has it, which is true), so it does not
-- wait for the disk.
with due as (
    select id from conversations
    where (select set_config('synchronous_commit', 'off', true)) = 'off' and ready_at <= %(now)s and (lease_until is null or lease_until < %(now)s)
      and again = %(again)s
    order by ready_at limit %(limit)s
    for update skip locked
), c as (
    update conversations c
    set token = token + 1, leased_by = %(worker)s, lease_until = %(until)s, attempts = attempts + 1
    from due where c.id = due.id
    returning c.*
)
select c.id, c.number, c.channel, c.status, c.handler, c.opened_at, c.episode, c.episode_seq, c.team_id, c.assignee_id,
    c.hold_seq, c.hold_until, c.page_url, c.page_title, c.token, c.attempts, c.considered_seq,
    coalesce(c.held_until > %(now)s, false) as is_held,
    c.contact_id, p.name as contact_name, p.email as contact_email, p.is_verified and not x.is_unproven as is_verified,
    p.is_verified and x.is_unproven as is_in_their_name, p.account_id,
    a.name as account_name, a.tier, a.value, a.health, a.renews_on,
    m.seq, m.body, m.at,
    array(select f.name from attachments f where f.conversation_id = c.id and f.seq = m.seq order by f.place) as files
from c
join contacts p on p.id = c.contact_id
left join accounts a on a.id = p.account_id
join lateral (
    select seq, body, at from messages
    where conversation_id = c.id and seq > c.considered_seq and author = 'customer'
    order by seq limit 1
) m on true
cross join lateral (
-- also: unproven
) x

-- name: unproven
-- A mail nobody vouches for is no word of a verified customer's, whatever name it bears; nor is one from an address
-- that was only typed into the widget, whoever vouches for it.
select exists (
    select from mails w where w.conversation_id = c.id and w.seq = m.seq and w.state = 'taken'
        and not (w.vouched and w.sender = lower(p.email))
) as is_unproven

-- name: snapshot
-- The conversation at its last customer message, without a lease: for looking, not for deciding. Or at each of the
-- customer's messages after one.
select c.id, c.number, c.channel, c.status, c.handler, c.opened_at, c.episode, c.episode_seq, c.team_id, c.assignee_id,
    c.page_url, c.page_title, coalesce(c.held_until > %(now)s, false) as is_held,
    c.contact_id, p.name as contact_name, p.email as contact_email, p.is_verified and not x.is_unproven as is_verified,
    p.is_verified and x.is_unproven as is_in_their_name, p.account_id,
    a.name as account_name, a.tier, a.value, a.health, a.renews_on, m.seq, m.body, m.at,
    array(select f.name from attachments f where f.conversation_id = c.id and f.seq = m.seq order by f.place) as files
from conversations c
join contacts p on p.id = c.contact_id
left join accounts a on a.id = p.account_id
join messages m on m.conversation_id = c.id and m.seq = c.customer_seq and %(after)s::int is null
    or m.conversation_id = c.id and m.seq > %(after)s::int and m.author = 'customer'
cross join lateral (
-- also: unproven
) x
where c.id = %(id)s
order by m.seq

-- name: messages
select conversation_id, seq, author, body, at, agent_id
from messages where conversation_id = any(%(ids)s)
order by conversation_id, seq

-- name: turns
select s.conversation_id, s.seq, s.episode, s.intent_id, s.frustration, s.vector::text as vector, s.encoder,
    d.action, d.reason, case when d.action = 'ask' then w.options end as options, w.article_id
from assessments s
join decisions d using (conversation_id, seq)
left join answers w using (conversation_id, seq)
where s.conversation_id = any(%(ids)s)
order by s.conversation_id, s.seq

-- name: earlier
-- Conversations of the same contact, and of the same account among verified contacts, in the weeks before.
select me.id as for_id, c.id, c.number, c.contact_id, c.channel, c.opened_at, c.status, c.intent_id, c.subject,
    r.outcome, coalesce(p.body, '') as promised, w.article_id as answered_with, coalesce(p.told, '') as told,
    coalesce(s.vector, r.vector)::text as vector,
    case when s.vector is not null then s.encoder else r.encoder end as encoder
from unnest(%(ids)s::text[], %(contacts)s::text[], %(accounts)s::text[]) as me (id, contact_id, account_id)
join lateral (
    (select * from conversations where contact_id = me.contact_id and id <> me.id and opened_at > %(since)s
     order by opened_at desc limit 8)
    union
    (select * from conversations where account_id = me.account_id and id <> me.id and opened_at > %(since)s
     order by opened_at desc limit 4)
) c on true
left join lateral (
    select outcome, vector, encoder from resolutions where conversation_id = c.id order by at desc limit 1
) r on true
left join lateral (
    select string_agg(body, E'\n' order by seq) as body, (array_agg(body order by seq desc))[1] as told from (
        select body, seq from messages where conversation_id = c.id and author = 'agent' order by seq desc limit 3) last
) p on true
left join lateral (
    select vector, encoder from assessments where conversation_id = c.id order by seq limit 1
) s on true
left join lateral (
    select w.article_id from answers w join decisions d using (conversation_id, seq)
    where w.conversation_id = c.id and d.action = 'answer' order by w.seq desc limit 1
) w on true
union all
-- and the episodes of this very conversation that were thought to be over
select c.id, c.id, c.number, c.contact_id, c.channel, r.at, 'resolved', r.intent_id, r.problem, r.outcome,
    coalesce(p.body, ''), w.article_id, coalesce(p.body, ''), coalesce(s.vector, r.vector)::text,
    case when s.vector is not null then s.encoder else r.encoder end
from conversations c
join resolutions r on r.conversation_id = c.id and r.episode < c.episode and r.at > %(since)s
left join lateral (
    select body from messages where conversation_id = c.id and author = 'agent' and at <= r.at order by seq desc limit 1
) p on true
left join lateral (
    select vector, encoder from assessments where conversation_id = c.id and episode = r.episode order by seq limit 1
) s on true
left join lateral (
    select w.article_id from answers w join decisions d using (conversation_id, seq)
    join assessments x using (conversation_id, seq)
    where w.conversation_id = c.id and x.episode = r.episode and d.action = 'answer' order by w.seq desc limit 1
) w on true
where c.id = any(%(ids)s)
order by opened_at desc

-- name: commit
-- Turns that still hold their token. One that lost it is dropped whole; the conversation waits for its next claim. So is
-- one that lets the assistant speak where it was stopped meanwhile, or a category that it concerns was lowered.
with t as (
    select * from jsonb_to_recordset(%(turns)s::jsonb) as t (
        id text, seq int, token bigint, says text, speaker text, action text, reason text, handler text, status text,
        team text, intent text, category text, urgency text, frustration real, policy_version int,
        rung int, hands_off boolean, only_thanks boolean, confidence real, article text, options text[], kind text, vector text,
        first_due timestamptz, next_due timestamptz, resolution_due timestamptz, outcome text, line text,
        assessment jsonb, answer jsonb, decision jsonb, briefing jsonb, at timestamptz,
        judged text, tier text, is_known boolean, article_version int, would_go boolean, propensity real,
        least real, is_drawn boolean, heads text, calibration text, grounds int[], moves bigint, concerned text[])
), c as (
    update conversations c
    set considered_seq = t.seq,
        ready_at = case when c.customer_seq > t.seq then t.at end,
        leased_by = null, lease_until = null, attempts = 0, again = false,
        seq = c.seq + (t.says <> '')::int,
        -- a line that is cut ends between two words and says so
        subject = case when c.subject <> '' then c.subject when length(t.line) <= 120 then t.line
            else regexp_replace(left(t.line, 120), '\s+\S*$', '') || '…' end,
        -- who thanks the person who answered waits for nothing
        status = case when t.only_thanks and c.first_responded_at is not null and c.customer_seq = t.seq
                and c.status <> 'resolved' then 'waiting'
            when t.says = '' then c.status
            when t.status = 'resolved' and c.customer_seq > t.seq then 'open' else t.status end,
        resolved_at = case when t.status = 'resolved' and c.customer_seq = t.seq then t.at else c.resolved_at end,
        handler = t.handler,
        team_id = coalesce((select id from teams where id = c.team_id and is_closed), (select id from teams where id = t.team), c.team_id),
        handed_off_at = case when t.hands_off then t.at else c.handed_off_at end,
        intent_id = coalesce(t.intent, c.intent_id),
        category_id = coalesce(t.category, c.category_id),
        reason = case when t.action = 'suggest' then c.reason else t.reason end,
        -- an agent's word holds for the episode, unless the customer now tells of something critical
        urgency = case when t.urgency = 'critical' then t.urgency else coalesce(
            (select changed_to from urgency_changes u where u.conversation_id = c.id and u.episode = c.episode
             order by at desc limit 1), t.urgency) end,
        frustration = t.frustration,
        -- only a person's reply ends a wait for one: what was promised stands, and a second handoff buys no time
        waiting_since = case when t.status = 'resolved' and c.customer_seq = t.seq then null
            when t.only_thanks and c.next_response_due is null and c.first_responded_at is not null then null
            when t.handler = 'human' or c.first_response_due is not null
            or c.next_response_due is not null then c.waiting_since end,
        first_responded_at = case when not t.hands_off then c.first_responded_at end,
        -- also of what people have and nobody was handed, as a mail that was let in
        first_response_due = case when t.hands_off or t.handler = 'human' and c.first_responded_at is null
            and c.status <> 'resolved' and not t.only_thanks then least(c.first_response_due, t.first_due)
            else c.first_response_due end,
        next_response_due = case when t.handler = 'human' and not t.hands_off and c.first_responded_at is not null
            and not t.only_thanks then coalesce(c.next_response_due, t.next_due) else c.next_response_due end,
        resolution_due = coalesce(c.resolution_due, t.resolution_due),
        -- a clock that has stopped is wound up anew, and its next promise may be broken too
        breached = array(select b from unnest(c.breached) b where case b when 'first_response' then c.first_response_due
            when 'next_response' then c.next_response_due else c.resolution_due end is not null),
        changed_at = t.at
    from t
    where c.id = t.id and c.token = t.token and c.leased_by = %(worker)s
      -- whatever was decided: where the assistant was stopped since, no word of it is committed
      and (t.speaker <> 'assistant' or not exists (select from silenced where version = t.policy_version)
           and not exists (select from standings
                           where id > t.moves and category = any(t.concerned) and rung < before))
    returning t.*, c.channel, c.subject, c.seq as said_seq, c.episode, c.episode_seq, c.contact_id, c.customer_seq > t.seq as has_more
), said as (
    insert into messages (conversation_id, seq, author, answers_seq, body, at)
    select id, said_seq, speaker, seq, says, at from c where says <> ''
), a as (
    insert into assessments (conversation_id, seq, episode, intent_id, frustration, body, vector, encoder)
    select id, seq, episode, intent, frustration, assessment, vector::halfvec, coalesce(assessment ->> 'encoder', '')
    from c where assessment is not null
), w as (
    insert into answers (conversation_id, seq, kind, confidence, article_id, options, body)
    select id, seq, kind, confidence, article, options, answer from c where answer is not null
), k as (
    insert into cases (conversation_id, seq, contact_id, is_known, category_id, tier, channel, intent_id, article_id,
        article_version, confidence, rung, was_given, would_go, propensity, least, is_drawn, heads,
        calibration, grounds, at)
    select id, seq, contact_id, is_known, judged, tier, channel, answer->>'intent', article, article_version,
        confidence, rung, action = 'answer', would_go, propensity, least, is_drawn, heads, calibration,
        grounds, at
    from c where judged is not null
    on conflict do nothing -- judged before it was handed back: the judgement is of what was said then
), d as (
    insert into decisions (conversation_id, seq, action, reason, policy_version, rung, body, decided_at)
    select id, seq, action, reason, policy_version, rung, decision, at from c
), b as (
    insert into briefings (conversation_id, seq, body)
    select id, seq, briefing from c where briefing is not null
    on conflict do nothing -- who took over meanwhile was briefed already
), r as (
    insert into resolutions (id, conversation_id, contact_id, episode, intent_id, category_id, article_id, problem,
        solution, resolved_by, outcome, at)
    select 'res_' || substr(id, 5) || '.' || seq, id, contact_id, episode, intent, category, article,
        -- also: desk.problem
        , says, 'assistant', outcome, at
    from c where outcome is not null and not has_more
), e as (
    insert into events (kind, conversation_id, author, body, at)
    select k.kind, c.id, 'assistant', k.body, c.at
    from c cross join lateral (values
        ('turn.decided', jsonb_build_object('seq', seq, 'action', action, 'reason', reason), true),
        ('message.sent', jsonb_build_object('seq', said_seq, 'answers', seq, 'handler', handler), says <> ''),
        ('conversation.handed_off', jsonb_build_object('seq', seq, 'reason', reason, 'team', team), hands_off),
        ('conversation.reopened', jsonb_build_object('seq', seq), episode > 1 and seq = episode_seq
            and status <> 'resolved' and not exists ( -- by hand, before
                select from events r where r.conversation_id = c.id and r.kind = 'conversation.reopened' and r.id > (
                    select max(z.id) from events z where z.conversation_id = c.id and z.kind = 'conversation.resolved')))
    ) as k (kind, body, holds) where k.holds
), o as (
    insert into outbox (id, kind, conversation_id, seq, body, due_at)
    select 'out_' || substr(c.id, 5) || '.' || said_seq, 'mail', c.id, said_seq,
        -- an address that nobody vouches for may be a stranger's victim: it gets no word of theirs, in no line
        jsonb_build_object('to', reached_at(p), 'subject', case when p.is_verified then v.subject else '' end, 'text', says,
            'is_automatic', true), c.at
    from c join conversations v on v.id = c.id join contacts p on p.id = v.contact_id
    where says <> '' and v.channel = 'email' and reached_at(p) <> ''
)
select id from c

-- name: is_stopped
select from silenced where is_live

-- name: release
-- Gives a lease back without a turn; it waits until `retry_at`.
update conversations
set leased_by = null, lease_until = null, again = true, ready_at = %(retry_at)s
where id = %(id)s and token = %(token)s and leased_by = %(worker)s

-- name: hold
-- A reply waits before it goes out: the message is considered again then, and whoever took the conversation meanwhile
-- has stopped it. Waiting is no failed try. What the customer wrote after `seen_seq` was not looked at: it is, at once.
-- `held_to`: the last message whose reply waits with it.
with c as (
    update conversations c
    set leased_by = null, lease_until = null, attempts = 0, again = false,
        ready_at = case when c.customer_seq > %(seen_seq)s then %(now)s else %(until)s end,
        hold_seq = %(held_to)s, hold_until = %(until)s, hold_body = %(body)s
    where c.id = %(id)s and c.token = %(token)s and c.leased_by = %(worker)s
    returning c.id
)
insert into events (kind, conversation_id, author, body, at)
select 'reply.held', id, 'assistant', jsonb_build_object('seq', %(seq)s::int, 'until', %(until)s::timestamptz), %(now)s
from c where %(is_new)s

-- name: attended
-- An analyst looks on and stops nothing.
select 1 as is_so from sessions s join agents a on a.id = s.agent_id
where a.is_active and a.role <> 'analyst' and s.expires_at > %(now)s
  and coalesce(s.last_seen_at, s.created_at) between %(since)s and %(until)s
limit 1

-- name: stand_by
-- An agent's hands are on the composer: the message is considered again once they have gone, or have written. Waiting is
-- no failed try.
update conversations
set leased_by = null, lease_until = null, attempts = 0, again = false, ready_at = greatest(held_until, %(now)s)
where id = %(id)s and token = %(token)s and leased_by = %(worker)s

-- name: let_go
-- The claims stay counted as tries: one of these messages may be what the worker stumbled over.
update conversations set leased_by = null, lease_until = null, again = true
where ready_at is not null and leased_by = %(worker)s

-- name: hand_back_unused
-- Gives back leases whose turn was never begun: as if they had not been claimed.
update conversations set leased_by = null, lease_until = null, attempts = greatest(attempts - 1, 0)
where id = any(%(ids)s) and leased_by = %(worker)s

-- name: beat
-- `host` is where its pid means this process.
insert into workers (id, host, pid, started_at, seen_at)
values (%(id)s, %(host)s, %(pid)s, %(now)s, %(now)s)
on conflict (id) do update set seen_at = excluded.seen_at

-- name: leave
delete from workers where id = %(id)s

-- name: bury
-- Workers not heard of since `silent_since`, or named as dead; their leases are free at once.
with dead as (
    delete from workers where seen_at < %(silent_since)s or id = any(%(dead)s) returning id
)
update conversations set leased_by = null, lease_until = null, again = true
where ready_at is not null and leased_by is not null
  and (leased_by in (select id from dead) or not exists (select from workers w where w.id = leased_by))

-- name: put_right
-- What a clock that ran ahead wrote and one that is right would wait for: times to come back at, leases, and hands on the
-- composer, that lie further in the future than anything is put off. A reply that is held waits as long as a lead wants.
update conversations
set held_by = case when held_until > %(far)s then null else held_by end,
    held_until = case when held_until > %(far)s then null else held_until end,
    ready_at = case when ready_at > %(far)s and hold_until is distinct from ready_at then %(now)s else ready_at end,
    leased_by = case when lease_until > %(far)s then null else leased_by end,
    lease_until = case when lease_until > %(far)s then null else lease_until end
where ready_at is not null
  and (lease_until > %(far)s or held_until > %(far)s or (ready_at > %(far)s and hold_until is distinct from ready_at))

-- name: find_again
-- What waits although nobody is told so: no statement leaves such a row, and were there one all the same it would wait
-- for good.
update conversations set ready_at = %(now)s
where status <> 'resolved' and ready_at is null and merged_into is null and customer_seq > considered_seq

-- name: neighbours
select id, pid from workers where host = %(host)s

-- name: backlog
select count(*) as waiting, min(ready_at) as oldest from conversations where ready_at is not null

-- name: wake_at
select min(greatest(ready_at, lease_until)) as at from conversations where ready_at is not null

-- name: workers
select count(*) as count from workers where seen_at > %(since)s
