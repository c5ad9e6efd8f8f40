-- What a customer, who was shown what had been passed on to people, said of it: a message of theirs, and what it corrects.
create table receipt_corrections (
    conversation_id text not null,
    seq             integer not null,
    briefing_seq    integer not null,
    at              timestamptz not null,
    primary key (conversation_id, seq),
    foreign key (conversation_id, seq) references messages on delete cascade
);
