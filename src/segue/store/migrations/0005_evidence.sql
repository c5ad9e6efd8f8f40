-- What judged cases say of the assistant, and how far it may go because of them. Records: they are added to, never
-- changed. Erasing a customer takes their cases along, and with them what was said of those.

create table cases (
    conversation_id text not null,
    seq             integer not null,
    contact_id      text not null,
    is_known        boolean not null,
    category_id     text not null,
    tier            text not null default '',
    channel         text not null,
    intent_id       text not null,
    article_id      text,
    article_version integer,
    confidence      real not null,
    rung            smallint not null,
    was_given       boolean not null,
    would_go        boolean not null,
    propensity      real not null,
    is_drawn        boolean not null,
    heads           text not null,
    calibration     text not null,
    at              timestamptz not null,
    primary key (conversation_id, seq),
    foreign key (conversation_id, seq) references messages on delete cascade
);
create index cases_by_category on cases (category_id, at);
create index cases_drawn on cases (at) where is_drawn;

create table judgements (
    id              bigint generated always as identity primary key,
    conversation_id text not null,
    seq             integer not null,
    source          text not null check (source in ('graded', 'marked', 'unedited', 'edited', 'thrown_away',
        'compared', 'customer_confirmed', 'customer_denied', 'returned', 'silence')),
    verdict         text not null check (verdict in ('right', 'wrong', 'unknown')),
    weight          real not null check (weight between 0 and 1),
    distance        real,
    note            text not null default '',
    -- the assistant's own words never judge it
    author          text not null check (author <> 'assistant'),
    version         text not null,
    -- what it arose from: told twice, it is judged once
    because         text not null,
    at              timestamptz not null,
    unique (conversation_id, seq, because),
    foreign key (conversation_id, seq) references cases on delete cascade
);

create table offers (
    id        text primary key,
    category  text not null,
    tier      text not null default '*',
    channel   text not null default '*',
    rung      smallint not null,
    to_rung   smallint not null check (to_rung between 0 and 5),
    proof     jsonb not null,
    at        timestamptz not null,
    outcome   text check (outcome in ('approved', 'declined', 'withdrawn')),
    closed_by text,
    closed_at timestamptz,
    check ((outcome is null) = (closed_at is null))
);
-- One open offer per cell, whoever looks at the same time and however often they are started again.
create unique index one_open_offer on offers (category, tier, channel) where closed_at is null;

create table standings (
    id        bigint generated always as identity primary key,
    category  text not null,
    tier      text not null default '*',
    channel   text not null default '*',
    rung      smallint not null check (rung between 0 and 5),
    threshold real,
    why       text not null,
    proof     jsonb,
    -- an offer is taken up once
    offer_id  text unique references offers,
    author    text not null check (author <> 'assistant'),
    at        timestamptz not null
);
create index standings_of_cell on standings (category, tier, channel, id desc);

create function refuse_rewriting() returns trigger language plpgsql as $$
begin
    if current_setting('segue.rewrite_events', true) = 'on' then -- a customer is erased
        return case tg_op when 'DELETE' then old else new end;
    end if;
    raise exception '% are added to, never changed', tg_table_name;
end $$;
create trigger cases_are_kept before update on cases for each row execute function refuse_rewriting();
create trigger judgements_are_kept before update on judgements for each row execute function refuse_rewriting();
create trigger standings_are_kept before update or delete on standings for each row execute function refuse_rewriting();

-- A reply that waits before it goes out: of which message, until when, and what it says, for an agent to stop it.
alter table conversations add column hold_seq integer, add column hold_until timestamptz, add column hold_body text;
-- Who approved words of the assistant stands in messages.agent_id.
