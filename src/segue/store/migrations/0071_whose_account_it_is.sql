-- What an agent corrects of a customer's address is where mail goes, and not who they are: `reach`. It goes before the
-- address that the company's own server gave, until that server gives another one. (Until now it was asked only where
-- there was no other, so where both stand it is from before the other came.)
update contacts set reach = '' where email <> '' and reach <> '';
create or replace function reached_at(c contacts) returns text language sql immutable parallel safe as $$
    select coalesce(nullif(c.reach, ''), c.email)
$$;

-- A search finds who is reached there.
drop index contacts_letters;
create index contacts_letters on contacts using gin ((name || ' ' || email || ' ' || reach) gin_trgm_ops);
