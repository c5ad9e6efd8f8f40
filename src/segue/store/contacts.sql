-- Customers and the accounts they belong to, as the company's own systems and agents say it.

-- name: accounts
-- By the company's own id, past `after`; or those whose name or id has the words.
select a.external_id as id, a.name, a.tier, a.value, a.health, a.renews_on,
    (select count(*) from contacts p where p.account_id = a.id) as contacts
from accounts a
where a.external_id is not null and (%(after)s::text is null or a.external_id > %(after)s)
  and (%(q)s::text is null or position(lower(%(q)s) in lower(a.name || ' ' || a.external_id)) > 0)
order by a.external_id limit %(limit)s

-- name: account
select a.external_id as id, a.name, a.tier, a.value, a.health, a.renews_on,
    (select count(*) from contacts p where p.account_id = a.id) as contacts
from accounts a where a.external_id = %(id)s

-- name: put_account
-- Told where something is other than it stood.
with a as (
    insert into accounts as old (id, external_id, name, tier, value, health, renews_on, created_at)
    values (%(account_id)s, %(id)s, %(name)s, %(tier)s, %(value)s, %(health)s, %(renews_on)s, %(now)s)
    on conflict (external_id) do update set name = excluded.name, tier = excluded.tier, value = excluded.value,
        health = excluded.health, renews_on = excluded.renews_on
    where (old.name, old.tier, old.value, old.health, old.renews_on)
        is distinct from (excluded.name, excluded.tier, excluded.value, excluded.health, excluded.renews_on)
    returning id
)
insert into events (kind, author, body, at)
select 'account.changed', %(author)s, jsonb_build_object('account', id), %(now)s from a

-- name: set_tier
-- A row as soon as there is such an account; told where it was another tier.
with a as (select id, tier from accounts where external_id = %(id)s for update), new as (
    update accounts set tier = %(tier)s from a where accounts.id = a.id and a.tier <> %(tier)s returning a.id
), e as (
    insert into events (kind, author, body, at)
    select 'account.changed', %(author)s, jsonb_build_object('account', id), %(now)s from new
)
select id from a

-- name: contacts
-- Newest first, before `after`. An address finds who was reached at it, too.
select
-- also: shown
where (%(after)s::text is null or p.id < %(after)s)
  and (%(email)s::text is null or lower(p.email) = lower(%(email)s) or lower(p.reach) = lower(%(email)s))
  and (%(external_id)s::text is null or p.external_id = %(external_id)s)
  and (%(account)s::text is null or a.external_id = %(account)s)
order by p.id desc limit %(limit)s

-- name: contact
select
-- also: shown
where p.id = %(id)s

-- name: shown
p.id, p.external_id, p.name, p.email, reached_at(p) as reached_at, p.is_verified as verified, a.external_id as account,
    p.created_at
from contacts p left join accounts a on a.id = p.account_id

-- name: set_account
-- Their conversations that are open come along: their place in the queue is the account's, and what is promised from now
-- on is what its tier is promised.
with p as (
    update contacts set account_id = (select id from accounts where external_id = %(account)s)
    where id = %(id)s and account_id is distinct from (select id from accounts where external_id = %(account)s)
    returning id, account_id
), c as (
    update conversations c set account_id = p.account_id, changed_at = %(now)s
    from p where c.contact_id = p.id and c.status <> 'resolved'
    returning c.id, c.contact_id
)
insert into events (kind, conversation_id, author, body, at)
select 'contact.changed', null, %(author)s, jsonb_build_object('contact', id), %(now)s from p
union all
-- what is open is told by name: whoever mirrors it looks again
select 'contact.account_changed', id, %(author)s, jsonb_build_object('contact', contact_id), %(now)s from c

-- name: others
-- Of the same kind: whoever is vouched for and whoever only claims to be somebody never mix. Their newest conversation
-- that is not closed to the agent who asks; a key sees all.
select (
    select c.number from conversations c where c.contact_id = p.id and c.merged_into is null
        and (%(agent)s::text is null or coalesce(c.team_id <> all ((select teams_closed_to(%(agent)s))::text[]), true))
    order by c.id desc limit 1
) as number
from contacts p join contacts me on me.id = %(id)s
where p.id <> me.id and p.is_verified = me.is_verified
  and (lower(p.email) = lower(%(email)s) or lower(p.reach) = lower(%(email)s)) limit 1

-- name: correct
-- Of somebody vouched for it is where mail goes and not who they are: else whoever talked an agent into an address would
-- find that person's mail in their own history. Who is known by an address that they only claimed is known by this one
-- now. What has not left goes there, too. Told where it was done and in what is open: the customer's own page shows it.
with before as (
    select id, email, reached_at(contacts) as was, is_verified from contacts where id = %(id)s for update
), p as (
    update contacts p
    set reach = case when b.is_verified and b.email <> %(email)s then %(email)s else '' end,
        email = case when b.is_verified then b.email else %(email)s end,
        external_id = case when p.external_id = 'claimed mail:' || lower(b.email)
            then 'claimed mail:' || lower(%(email)s) else p.external_id end
    from before b where p.id = b.id and b.was <> %(email)s
    returning p.id, b.was
), o as (
    update outbox o set body = jsonb_set(o.body, '{to}', to_jsonb(%(email)s::text))
    from p join conversations c on c.contact_id = p.id
    where o.conversation_id = c.id and o.body ->> 'to' = p.was and o.sent_at is null and o.undelivered_at is null
)
insert into events (kind, conversation_id, author, body, at)
select 'contact.address_corrected', c.id, %(author)s, jsonb_build_object('contact', p.id), %(now)s
from p join conversations c on c.contact_id = p.id
where (c.status <> 'resolved' and c.merged_into is null) or c.id = %(conversation)s
union all
select 'contact.changed', null, %(author)s, jsonb_build_object('contact', id), %(now)s from p
