-- What did not go out stands before its author until they send it again, edit it or drop it.

alter table waiting_replies drop constraint waiting_replies_state_check;
alter table waiting_replies add constraint waiting_replies_state_check
    check (state in ('waiting', 'sending', 'sent', 'stopped', 'refused', 'dropped'));
create index waiting_replies_refused on waiting_replies (agent_id) where state = 'refused';

alter table outbox add column dropped_at timestamptz; -- its author lets it be
create index outbox_undelivered on outbox (conversation_id, seq)
    where kind = 'mail' and undelivered_at is not null and dropped_at is null and body ->> 'is_automatic' = 'false';
