-- What our own mail server found out about a mail's sender, word for word; null of mails that came before. And those
-- that said something about a conversation without being a message of it are looked for.
alter table mails add column authentication jsonb;
create index mails_noted on mails (id) where state = 'noted';
