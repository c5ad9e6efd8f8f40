-- What stays quick at a million conversations, once more; decision 17 has the measurements.
--
-- Search by words, newest first, however common a word is.
--
-- An index of words knows where a word stands, not when: for a common one it gathered all places of all years to show the
-- newest. Here each word carries the stretch of time its conversation began in, so that one stretch after the other is
-- asked, the newest first, until enough is found.

-- Ids sort by time: five letters make stretches of some 3 days (8 of the 32 values of the fifth stand together).
create function stretch_of(conversation text) returns text language sql immutable strict parallel safe as $$
    select substr(conversation, 5, 4) || translate(substr(conversation, 9, 1), '123456789ABCDEFGHJKMNPQSTVWXYZ',
        '000000088888888GGGGGGGGRRRRRRR')
$$;

-- The stretch alone stands among the words, too: so "without this word" can be asked of a stretch. A word's first 300
-- letters count; nobody types more, and no word may have more than 2,046 bytes.
create function words_of(conversation text, body text) returns tsvector
language plpgsql immutable strict parallel safe as $$
declare -- as stretch_of has it, which no index can call: while one is built no function of ours is in sight
    stretch text := substr(conversation, 5, 4) || translate(substr(conversation, 9, 1), '123456789ABCDEFGHJKMNPQSTVWXYZ',
        '000000088888888GGGGGGGGRRRRRRR');
begin
    return array_to_tsvector(stretch || array(
        select stretch || left(lexeme, 300) from unnest(to_tsvector('simple', body))));
end $$;

-- Without a list of what is to be put in later: each stretch that is asked would go through the whole of it.
create index messages_words_by_time on messages using gin (words_of(conversation_id, body)) with (fastupdate = off)
    where author in ('customer', 'agent');
drop index messages_words;

-- Two lists that every page of the desk counts, and that went through all that is open.
create index conversations_to_approve on conversations (priority desc, opened_at)
    where handler = 'human' and status = 'open' and reason = 'awaits_approval';
create index conversations_with_assistant on conversations (changed_at desc)
    where handler = 'assistant' and status <> 'resolved';
