-- name: worked
-- Once a minute at most: whoever works says so often.
insert into channel_states (name, ok_at) values (%(name)s, %(now)s)
on conflict (name) do update set ok_at = excluded.ok_at
where channel_states.ok_at is null or channel_states.ok_at < excluded.ok_at - interval '30 seconds'
    or channel_states.failed_at >= channel_states.ok_at

-- name: failed
insert into channel_states (name, failed_at, why) values (%(name)s, %(now)s, %(why)s)
on conflict (name) do update set failed_at = excluded.failed_at, why = excluded.why

-- name: states
select name, ok_at, failed_at, why from channel_states

-- name: last
select k.channel,
    (select opened_at from conversations c where c.channel = k.channel order by opened_at desc limit 1) as last_at,
    (select count(*) from conversations c where c.channel = k.channel and c.opened_at > %(since)s) as lately
from unnest(%(channels)s::text[]) as k (channel)

-- name: mail
select (select received_at from mails order by id desc limit 1) as last_in,
    (select count(*) from mails where state = 'suspended') as suspended,
    (select count(*) from mails where state = 'new') as unread,
    (select count(*) from outbox where kind = 'mail' and sent_at is null and undelivered_at is null
        and cancelled_at is null) as waiting

-- name: looked_at
-- Of the newest mails that were read, how many the trusted server said anything of.
select count(*) as mails,
    count(*) filter (where 'none' <> any (array[said ->> 'spf', said ->> 'dkim', said ->> 'dmarc'])) as checked
from (select authentication as said from mails
      where not for_people and state <> 'new' and authentication is not null order by id desc limit %(limit)s) m

-- name: arrived
-- What was brought out of files came by no way that could be broken.
select received_at from mails where not for_people order by id desc limit 1

-- name: last_error
-- Why the newest of the mails that wait was not taken.
select last_error from outbox
where kind = 'mail' and sent_at is null and cancelled_at is null and last_error is not null order by due_at desc limit 1

-- name: keys
select count(*) filter (where expires_at is null or expires_at > %(now)s) as live, max(last_used_at) as last_used_at
from api_keys

-- name: counted
insert into channel_counts (name, what, count) values (%(name)s, %(what)s, %(count)s)
on conflict (name, what) do update set count = channel_counts.count + excluded.count

-- name: counts
select name, what, count from channel_counts
