-- With which encoder each vector was made, so that two of different encoders are never compared, and another encoder is
-- noticed. What is there already was made with the one that the newest turn names, before any turn with the one whose
-- rows are kept.
do $$
declare
    made_with text := coalesce(
        (select body ->> 'encoder' from assessments where vector is not null
         order by conversation_id desc, seq desc limit 1),
        (select encoder from encodings limit 1), '');
    the_table text;
begin
    foreach the_table in array array['passages', 'examples', 'assessments', 'resolutions', 'lessons', 'replayed_turns'] loop
        -- a constant default is written into no row, however many there are
        execute format('alter table %I add column encoder text not null default %L', the_table, made_with);
        execute format('alter table %I alter column encoder drop default', the_table);
    end loop;
    -- a resolution without a vector was made with none
    alter table resolutions alter column encoder set default '';
    if made_with <> '' then
        insert into settings (key, value)
        values ('encoder', jsonb_build_object('version', made_with, 'since', null)) on conflict do nothing;
    end if;
end $$;

-- Heads are fitted anew because of another encoder, too.
alter table refits drop constraint refits_cause_check;
alter table refits add constraint refits_cause_check
    check (cause in ('asked', 'nightly', 'erasure', 'promise', 'catalogue', 'encoder'));

-- In which categories cases of theirs were judged, so that what was proven with them is proven again without.
alter table erasures add column categories text[] not null default '{}';

-- Which passages of the version before stand in this one, as they were or with a slip of the pen mended: where they began
-- there, and where they begin here. Null while nobody has looked (the first version has none before it).
alter table article_versions add column carries jsonb;

-- Where the passages begin that a case rests on, in the version of the article it was answered from.
alter table cases add column grounds integer[] not null default '{}';
select set_config('segue.rewrite_events', 'on', true);
update cases k set grounds = array(
    select distinct (g ->> 'start')::int from jsonb_array_elements(w.body -> 'grounds') g
    where g ->> 'article_id' = k.article_id order by 1)
from answers w
where w.conversation_id = k.conversation_id and w.seq = k.seq and k.article_id is not null
  and jsonb_typeof(w.body -> 'grounds') = 'array';
select set_config('segue.rewrite_events', '', true);

-- The same customer with the same issue within seven days of an answer, on any channel: it did not hold, though they had
-- said it did. Triage's repeat contact leaves out what was confirmed; this does not. What is the same issue is what it is
-- to triage: the same intent, and vectors of one encoder with a cosine of 0.7 or more (triage/repeat).
create or replace function outcome_of_return() returns trigger language plpgsql as $$
declare
    back record;
begin
    for back in
        select distinct on (o.id) o.id, d.seq, c.contact_id
        from conversations c
        join messages m on m.conversation_id = c.id and m.seq = new.seq
        join lateral (
            select id from conversations where contact_id = c.contact_id and id <> c.id
                and id in (select jsonb_array_elements_text(new.body -> 'repeat' -> 'conversations')
                           where jsonb_typeof(new.body -> 'repeat') = 'object')
            union
            select e.id from conversations e
            join assessments f on f.conversation_id = e.id and f.intent_id = new.intent_id and f.encoder = new.encoder
                and 1 - (f.vector <=> new.vector) >= 0.7
            where e.contact_id = c.contact_id and e.id <> c.id and e.opened_at < m.at
                and e.changed_at > m.at - interval '7 days'
                and not coalesce((new.body ->> 'is_closing')::boolean, false)
            union
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
drop trigger assessments_tell_returns on assessments;
create trigger assessments_tell_returns after insert on assessments for each row
    when (jsonb_typeof(new.body -> 'repeat') = 'object' or new.episode > 1
        or (new.seq = 1 and new.intent_id is not null and new.vector is not null))
    execute function outcome_of_return();
