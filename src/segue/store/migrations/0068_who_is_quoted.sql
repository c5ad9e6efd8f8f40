-- Whom rows about one customer quote, so that erasing another looks at those and not at all: the conversations they
-- name, the past messages they were found like, and the sentences of a past solution in the next step.
--
-- Each is written with a turn, so they ask for no more than their table has. Names are those of the catalogue alone:
-- while an index is built no function of ours is in sight.
create function quoted_in_assessment(body jsonb) returns text[] language plpgsql immutable parallel safe as $$
begin
    return array(
        select md5(v #>> '{}') from jsonb_path_query(body, '$.nearest[*].text') v
        union all select md5(v #>> '{}') from jsonb_path_query(body, '$.matters[*].nearest[*].text') v
        union all select v #>> '{}' from jsonb_path_query(body, '$.repeat.conversations[*]') v);
end $$;

create function quoted_in_briefing(body jsonb) returns text[] language plpgsql immutable parallel safe as $$
begin
    return array(
        select v #>> '{}' from jsonb_path_query(body, '$.similar[*].conversation_id') v where v <> 'null'
        union all select v #>> '{}' from jsonb_path_query(body, '$.earlier[*].conversation_id') v
        union all select md5(left(btrim(s), 40))
            from regexp_split_to_table(body #>> '{next_step,text}', '(?<=[.!?])\s+|\n+') s
            where length(btrim(s)) >= 16);
end $$;

create index assessments_quoting on assessments using gin (quoted_in_assessment(body));
create index briefings_quoting on briefings using gin (quoted_in_briefing(body));
create index replayed_turns_quoting on replayed_turns using gin (quoted_in_assessment(assessment));

-- What goes with a contact or a conversation, found without reading the table.
create index resolutions_by_contact on resolutions (contact_id);
create index examples_by_contact on examples (contact_id) where contact_id is not null;
create index examples_by_conversation on examples (conversation_id) where conversation_id is not null;
create index cases_by_contact on cases (contact_id);
create index mentions_by_conversation on mentions (conversation_id);
create index events_of_no_conversation on events (author) where conversation_id is null;
create index events_of_contact on events ((body ->> 'contact')) where conversation_id is null;
