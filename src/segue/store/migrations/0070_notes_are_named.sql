-- A note that is sent twice because its answer was lost is one note, as a message is.
alter table notes add column client_id text;
create unique index notes_by_client on notes (conversation_id, client_id) where client_id is not null;
