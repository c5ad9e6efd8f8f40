-- Where mail reaches a customer of whom their company told no address, as they said in the widget. Nobody vouched for it, so
-- it never says who somebody is: a mail that comes from there opens nothing of theirs. What their company tells goes before.
alter table contacts add column reach text not null default '';

-- The address that is written to.
create function reached_at(c contacts) returns text language sql immutable parallel safe as $$
    select coalesce(nullif(c.email, ''), c.reach)
$$;
