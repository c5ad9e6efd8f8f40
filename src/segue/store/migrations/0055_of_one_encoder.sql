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
