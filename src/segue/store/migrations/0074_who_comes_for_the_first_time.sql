-- Nearly everybody writes for the first time, and nobody comes back who was never there: then the look for what they
-- came back from, which goes through five tables with every turn, is not begun. Else as in 0062.
create or replace function outcome_of_return() returns trigger language plpgsql as $$
declare
    back record;
begin
    if new.episode = 1 and not exists (
        select from conversations c join conversations o on o.contact_id = c.contact_id and o.id <> c.id
        where c.id = new.conversation_id
    ) then
        return null;
    end if;
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
            where e.contact_id = c.contact_id and e.id <> c.id and e.opened_at < c.opened_at
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
