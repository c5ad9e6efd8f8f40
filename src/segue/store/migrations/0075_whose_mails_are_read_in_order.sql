-- Whose mail it is, before anybody has read it: mails of one writer are read in the order in which they came, whichever
-- worker reads them. Empty where nobody is known by it, as of a bounce.
alter table mails add column comes_from text not null default '';

create index mails_new_in_order on mails (received_at, id) where state = 'new';
create index mails_new_of_one on mails (comes_from, received_at, id) where state = 'new';
