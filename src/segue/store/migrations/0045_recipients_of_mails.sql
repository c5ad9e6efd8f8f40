-- Whom a mail says that it is for, beside whom it was delivered to: {"to": [{"address", "name"}], "cc": [...]}. Null for
-- mails that were read before it was kept; the raw mail says it.

alter table mails add column recipients jsonb;
