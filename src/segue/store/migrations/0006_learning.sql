-- What is learnt from resolved conversations, how answers turned out, and the record of what was erased. Everything that
-- holds a customer's words hangs on their contact or conversation, so that erasing them takes it along.

-- Whether the person who closed it said what was wanted. Where nobody did, the intent is only triage's own guess, and a
-- guess must not teach the head that made it.
alter table resolutions add column intent_named boolean not null default true;

create table lessons (
    id              text primary key,
    resolution_id   text not null unique references resolutions on delete cascade,
    conversation_id text not null references conversations on delete cascade,
    contact_id      text not null references contacts on delete cascade,
    episode         integer not null,
    seqs            integer[] not null,
    agent_id        text not null references agents,
    intent_id       text,
    article_id      text,
    problem         text not null,
    solution        text not null,
    reaction        text not null default '',
    removed         jsonb not null,
    vector          halfvec(384) not null,
    at              timestamptz not null
);
create index lessons_by_intent on lessons (intent_id, at desc);
create index lessons_by_contact on lessons (contact_id);
create index lessons_by_conversation on lessons (conversation_id);

-- One line per look at whether newer lessons make a better head: what was compared, and why it was published or not.
-- `taught` counts the examples that came of lessons, so that the next look knows whether there are more.
create table refits (
    id           text primary key,
    cause        text not null check (cause in ('asked', 'nightly', 'erasure', 'promise')),
    author       text not null,
    examples     integer not null,
    taught       integer not null,
    fresh        integer not null,
    head         text,
    is_published boolean not null,
    why          text not null,
    report       jsonb not null,
    at           timestamptz not null
);
create index refits_by_time on refits (at desc);

-- Articles and additions to articles, drafted from lessons. Nothing of it is used before a person approves it.
create table candidates (
    id         text primary key,
    kind       text not null check (kind in ('article', 'edit')),
    status     text not null default 'open' check (status in ('open', 'approved', 'rejected')),
    intent_id  text references intents,
    article_id text references articles,
    title      text not null,
    body       text not null,
    effect     jsonb,
    edited_by  text,
    closed_by  text,
    note       text not null default '',
    made_at    timestamptz not null,
    closed_at  timestamptz
);
create index candidates_by_status on candidates (status, made_at desc);

create table candidate_lessons (
    candidate_id text not null references candidates on delete cascade,
    lesson_id    text not null references lessons on delete cascade,
    primary key (candidate_id, lesson_id)
);
create index candidate_lessons_by_lesson on candidate_lessons (lesson_id);

-- Matters that nobody named yet: clusters of messages that were none of the known ones.
create table topics (
    id        text primary key,
    status    text not null default 'open' check (status in ('open', 'named', 'dismissed')),
    terms     text[] not null,
    intent_id text references intents,
    closed_by text,
    made_at   timestamptz not null,
    closed_at timestamptz
);

create table topic_messages (
    topic_id        text not null references topics on delete cascade,
    conversation_id text not null,
    seq             integer not null,
    is_medoid       boolean not null default false,
    primary key (topic_id, conversation_id, seq),
    foreign key (conversation_id, seq) references messages on delete cascade
);
create index topic_messages_by_message on topic_messages (conversation_id, seq);

-- An article beside recent replies of people that say something else. `claim` names the fact in dispute.
create table stale_cases (
    id            text primary key,
    article_id    text not null references articles on delete cascade,
    version       integer not null,
    kind          text not null,
    claim         text not null,
    article_says  text not null,
    status        text not null default 'open' check (status in ('open', 'confirmed', 'agreed', 'dismissed', 'answered')),
    review_before date,
    closed_by     text,
    opened_at     timestamptz not null,
    closed_at     timestamptz
);
create unique index one_case_per_claim on stale_cases (article_id, version, claim)
    where status in ('open', 'confirmed', 'agreed', 'dismissed');

create table stale_replies (
    case_id         text not null references stale_cases on delete cascade,
    conversation_id text not null references conversations on delete cascade,
    seq             integer not null,
    contact_id      text not null references contacts on delete cascade,
    agent_id        text not null references agents,
    says            text not null,
    value           text not null,
    at              timestamptz not null,
    primary key (case_id, conversation_id)
);
create index stale_replies_by_conversation on stale_replies (conversation_id);
create index stale_replies_by_contact on stale_replies (contact_id);

-- How an answer of the assistant turned out, by what we heard or did not hear of it.
create table outcomes (
    conversation_id text not null,
    seq             integer not null,
    source          text not null check (source in ('customer_confirmed', 'customer_denied', 'returned', 'silence')),
    contact_id      text not null references contacts on delete cascade,
    author          text not null,
    came_back_in    text references conversations on delete set null,
    at              timestamptz not null,
    primary key (conversation_id, seq, source),
    foreign key (conversation_id, seq) references messages on delete cascade
);
create index outcomes_by_contact on outcomes (contact_id);
create index outcomes_by_return on outcomes (came_back_in) where came_back_in is not null;

-- How far a person's reply was from what the assistant had suggested, in words.
create table edits (
    conversation_id text not null,
    seq             integer not null,
    answers_seq     integer not null,
    agent_id        text not null references agents,
    distance        integer not null,
    share           real not null,
    at              timestamptz not null,
    primary key (conversation_id, seq),
    foreign key (conversation_id, seq) references messages on delete cascade
);

-- That somebody was erased, by whom, and how many rows went. `refitted_at` is null while what was fitted still knows them.
create table erasures (
    id          text primary key,
    author      text not null,
    counts      jsonb not null,
    at          timestamptz not null,
    refitted_at timestamptz
);
create index erasures_to_refit on erasures (at) where refitted_at is null;

-- An outcome and the event that tells of it are written together, whichever road it came by.
create function record_outcome(the_conversation text, the_seq integer, the_source text, the_author text,
    back_in text, the_time timestamptz) returns boolean language plpgsql as $$
begin
    insert into outcomes (conversation_id, seq, source, contact_id, author, came_back_in, at)
    select c.id, the_seq, the_source, c.contact_id, the_author, back_in, the_time
    from conversations c where c.id = the_conversation
    on conflict do nothing;
    if not found then
        return false;
    end if;
    insert into events (kind, conversation_id, author, body, at)
    values ('outcome.recorded', the_conversation, the_author,
        jsonb_build_object('seq', the_seq, 'source', the_source, 'author', the_author), the_time);
    return true;
end $$;

-- The customer message that the assistant's last answer in an episode was for; null where it gave none.
create function last_answered(the_conversation text, the_episode integer) returns integer language sql stable as $$
    select max(d.seq) from decisions d
    left join assessments s using (conversation_id, seq)
    where d.conversation_id = the_conversation and d.action = 'answer'
      and coalesce(s.episode, the_episode) = the_episode
$$;

-- Thanks that close a conversation confirm the assistant's last answer; silence only lets it be assumed.
create function outcome_of_resolution() returns trigger language plpgsql as $$
declare
    answered integer := last_answered(new.conversation_id, new.episode);
begin
    if answered is not null then
        perform record_outcome(new.conversation_id, answered,
            case new.outcome when 'confirmed' then 'customer_confirmed' else 'silence' end,
            case new.outcome when 'confirmed' then new.contact_id else 'system' end, null, new.at);
    end if;
    return null;
end $$;
create trigger resolutions_tell_outcomes after insert on resolutions for each row
    when (new.resolved_by = 'assistant' and new.outcome in ('confirmed', 'assumed') and new.conversation_id is not null)
    execute function outcome_of_resolution();

-- The same customer with the same issue within seven days of an answer: it did not hold. By another conversation that
-- repeat contact names, on any channel, or by a new episode of the same one that wants the same.
create function outcome_of_return() returns trigger language plpgsql as $$
declare
    back record;
begin
    for back in
        select distinct on (o.id) o.id, d.seq, c.contact_id
        from conversations c
        join messages m on m.conversation_id = c.id and m.seq = new.seq
        join lateral (
            select id from conversations where contact_id = c.contact_id and id <> c.id
                and id in (select jsonb_array_elements_text(new.body -> 'repeat' -> 'conversations'))
            union all
            select c.id where new.episode > 1 and c.episode_seq = new.seq
                and not coalesce((new.body ->> 'is_closing')::boolean, false)
        ) o on true
        join decisions d on d.conversation_id = o.id and d.action = 'answer'
        join assessments s on s.conversation_id = d.conversation_id and s.seq = d.seq
            and (o.id <> c.id or (s.episode < new.episode and s.intent_id = new.intent_id))
        where c.id = new.conversation_id and d.decided_at > m.at - interval '7 days' and d.decided_at < m.at
            and not exists (select from messages p where p.conversation_id = o.id and p.author = 'agent' and p.seq > d.seq
                and p.at < m.at)
        order by o.id, d.seq desc
    loop
        perform record_outcome(back.id, back.seq, 'returned', back.contact_id, new.conversation_id,
            (select at from messages where conversation_id = new.conversation_id and seq = new.seq));
    end loop;
    return null;
end $$;
create trigger assessments_tell_returns after insert on assessments for each row
    when (jsonb_typeof(new.body -> 'repeat') = 'object' or new.episode > 1)
    execute function outcome_of_return();
