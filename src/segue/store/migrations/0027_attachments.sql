-- Files of every message, not of mails alone: one table, whichever door a file came in by.

alter table mail_attachments rename to attachments;
alter index mail_attachments_by_mail rename to attachments_by_mail;
alter table attachments
    alter column mail_id drop not null,
    add column conversation_id text references conversations on delete cascade,
    add column seq integer, -- the message that took it
    add column note_id text references notes on delete cascade,
    add column reply_id text references waiting_replies on delete cascade, -- the reply that is about to
    add column draft text check (draft in ('reply', 'note')), -- of an agent's, in this conversation
    add column owner text, -- who made it, and whose it is until a message takes it; null where it came by mail
    add column kind text not null default 'application/octet-stream', -- by content; `type` is what was claimed
    add column made_at timestamptz,
    add column place bigint generated always as identity, -- their order
    add foreign key (conversation_id, seq) references messages on delete cascade,
    -- pictures and documents are packed already
    alter column body set storage external;
update attachments a set conversation_id = m.conversation_id, seq = m.seq
from mails m where m.id = a.mail_id and m.state = 'taken' and m.seq is not null;
create index attachments_by_message on attachments (conversation_id, seq) where conversation_id is not null;
create index attachments_by_note on attachments (note_id) where note_id is not null;
create index attachments_by_reply on attachments (reply_id) where reply_id is not null;
create index attachments_loose on attachments (owner, made_at)
    where mail_id is null and seq is null and note_id is null and reply_id is null;
