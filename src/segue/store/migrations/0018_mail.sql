-- Mail as it came in, kept raw before anybody is told that it was taken; what was made of it stands beside it.

create table mails (
    id              text primary key,
    key             text not null unique, -- of recipient, Message-ID and content: what comes again is the same mail
    state           text not null default 'new' check (state in ('new', 'taken', 'suspended', 'noted', 'dropped')),
    cause           text,
    return_path     text,
    recipient       text not null,
    raw             bytea not null,
    size            integer not null, -- as it came; more than `raw` holds where it was too large
    sender          text not null default '',
    sender_name     text not null default '',
    reply_to        text not null default '',
    subject         text not null default '',
    message_id      text not null default '',
    written_at      timestamptz,
    vouched         boolean not null default false,
    text            text not null default '',
    said            text not null default '',
    html            text not null default '',
    folds           jsonb not null default '[]',
    conversation_id text references conversations on delete cascade,
    seq             integer, -- the message it became
    for_people      boolean not null default false, -- brought by a person: no machine answers it
    linked_to       text references conversations on delete set null, -- the one it names without having a part in it
    received_at     timestamptz not null,
    due_at          timestamptz not null,
    attempts        integer not null default 0,
    decided_by      text,
    decided_at      timestamptz
);
create index mails_new on mails (due_at) where state = 'new';
create index mails_suspended on mails (id) where state = 'suspended';
create index mails_by_conversation on mails (conversation_id, seq) where conversation_id is not null;
create index mails_by_sender on mails (sender, received_at) where sender <> '';
create index mails_by_link on mails (linked_to) where linked_to is not null;

create table mail_attachments (
    id         text primary key, -- random: no other name leads to it
    mail_id    text not null references mails on delete cascade,
    name       text not null,
    type       text not null,
    size       integer not null,
    content_id text not null default '',
    body       bytea not null
);
create index mail_attachments_by_mail on mail_attachments (mail_id);

alter table outbox add column undelivered_at timestamptz;
alter table outbox add column cancelled_at timestamptz;
create index outbox_by_address on outbox ((body ->> 'to'), sent_at) where sent_at is not null;

-- When the customer last had the conversation before their eyes: who is away gets replies by mail.
alter table conversations add column customer_seen_at timestamptz;
