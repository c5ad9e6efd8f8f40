-- Why a cell moved, as a word that code may look at; the sentence beside it is for people. Where articles were the
-- cause they are named, and with `before` it is known where the cell stood: so the step can be offered back once they
-- are settled.
alter table standings add column cause text not null default 'unsaid',
    add column sources text[] not null default '{}',
    add column before smallint check (before between 0 and 5);

-- What an offer is made for; empty where its proof says it all.
alter table offers add column why text not null default '';

-- How people judged the frustration of a customer's message: what was shown, and what they say instead. The newest word
-- of each person holds. Erasing the customer takes it along.
create table frustration_marks (
    id              text primary key,
    conversation_id text not null,
    seq             integer not null,
    shown           real not null,
    is_frustrated   boolean not null,
    agent_id        text not null references agents,
    at              timestamptz not null,
    foreign key (conversation_id, seq) references messages on delete cascade
);
create index frustration_marks_by_message on frustration_marks (conversation_id, seq, at desc);
