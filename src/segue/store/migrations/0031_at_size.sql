-- What stays quick at a million conversations; decision 15 has the measurements.

-- Answers that chance picked and nobody has graded yet. Who looks for them, and every page of the desk does, goes through
-- these alone and not through all that were ever drawn.
create table reviews (
    conversation_id text not null,
    seq             integer not null,
    at              timestamptz not null,
    primary key (conversation_id, seq),
    foreign key (conversation_id, seq) references cases on delete cascade
);
create index reviews_by_time on reviews (at, conversation_id, seq);

create function await_review() returns trigger language plpgsql as $$
begin
    insert into reviews (conversation_id, seq, at) values (new.conversation_id, new.seq, new.at) on conflict do nothing;
    return null;
end $$;
create trigger drawn_cases_await_review after insert on cases for each row when (new.is_drawn)
    execute function await_review();

create function end_review() returns trigger language plpgsql as $$
begin
    delete from reviews where conversation_id = new.conversation_id and seq = new.seq;
    return null;
end $$;
create trigger grades_end_review after insert on judgements for each row when (new.source = 'graded')
    execute function end_review();

insert into reviews (conversation_id, seq, at)
select k.conversation_id, k.seq, k.at from cases k
where k.is_drawn and not exists (
    select from judgements j where j.conversation_id = k.conversation_id and j.seq = k.seq and j.source = 'graded');
drop index cases_drawn;

-- One agent's conversations, newest first, and what is in their hands.
create index conversations_by_assignee on conversations (assignee_id, id) where assignee_id is not null;
