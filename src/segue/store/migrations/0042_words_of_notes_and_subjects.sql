-- Search looks through everything agents can read: also what they told each other in notes, and what a conversation is
-- called. As messages have it since migration 37, each word carries the stretch of time its conversation began in.
-- Only the desk's search asks these; what customers search are articles.

create index notes_words_by_time on notes using gin (words_of(conversation_id, body)) with (fastupdate = off);

-- Subjects that came with their conversation. They stand apart, for a conversation's row is written anew with every turn,
-- and an index over its subject would be, too. What Segue itself calls a conversation are its customer's first words,
-- which are found among the messages.
create table subjects (
    conversation_id text primary key references conversations on delete cascade,
    body            text not null
);
create index subjects_words_by_time on subjects using gin (words_of(conversation_id, body)) with (fastupdate = off);

insert into subjects
select id, subject from conversations c where subject <> '' and not exists (
    select from messages m where m.conversation_id = c.id and m.seq = 1 and starts_with(m.body, c.subject));

create function keep_subject() returns trigger language plpgsql as $$
begin
    insert into subjects values (new.id, new.subject);
    return null;
end $$;
create trigger conversations_keep_subject after insert on conversations for each row
    when (new.subject <> '') execute function keep_subject();
