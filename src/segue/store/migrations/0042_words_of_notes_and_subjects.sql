-- Search looks through everything agents can read: also what they told each other in notes, and what a conversation is
-- called. As messages have it since migration 37, each word carries the stretch of time its conversation began in.
-- Only the desk's search asks these; what customers search are articles.

create index notes_words_by_time on notes using gin (words_of(conversation_id, body)) with (fastupdate = off);
create index conversations_words_by_time on conversations using gin (words_of(id, subject)) with (fastupdate = off)
    where subject <> '';
