-- How the ways in and out do: when each last worked and why it last did not, as the process that uses it says.

create table channel_states (
    name      text primary key, -- "imap", "listen", "smtp"
    ok_at     timestamptz,
    failed_at timestamptz,
    why       text not null default '' -- of the last failure
);

-- The last conversation of each channel, and how many came in a week.
create index conversations_by_channel on conversations (channel, opened_at desc);
