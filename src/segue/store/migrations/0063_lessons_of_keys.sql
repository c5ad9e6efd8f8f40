-- Until 0061 what an API key replied in an agent's name was learnt from as the agent's own word. What such a lesson would
-- have had without that word it keeps; one that rests on it goes, with the example it taught and the drafts that nobody
-- has approved yet. The heads leave it out at their next fit.
create temporary table of_keys on commit drop as
select l.id, l.resolution_id, l.by_person, l.by_key,
    -- its solution is the last reply's, where who resolved it said none of their own; its intent was approved by sending
    (l.by_key > l.by_person and (r.solution = '' or exists (
        select from messages s where s.conversation_id = r.conversation_id and s.author in ('assistant', 'system')
            and s.body = r.solution)))
    or (l.intent_id is not null and not r.intent_named) as rests
from (
    select x.id, x.resolution_id, x.intent_id,
        coalesce(max(m.seq) filter (where m.voice is null), 0) as by_person,
        max(m.seq) filter (where m.voice is not null) as by_key
    from lessons x join messages m on m.conversation_id = x.conversation_id and m.seq = any(x.seqs) and m.author = 'agent'
    group by x.id having bool_or(m.voice is not null)
) l join resolutions r on r.id = l.resolution_id;

delete from candidates c where c.status = 'open' and exists (
    select from candidate_lessons x join of_keys k on k.id = x.lesson_id where x.candidate_id = c.id and k.rests);
delete from examples x using of_keys k
where k.rests and x.source = 'resolved' and x.id = 'exa_' || substr(k.resolution_id, 5);
delete from lessons l using of_keys k where l.id = k.id and k.rests;

-- What the customer said after a key spoke is no word on what a person did.
update lessons l set
    reaction = case when k.by_key > k.by_person then '' else l.reaction end,
    seqs = array(
        select m.seq from messages m
        where m.conversation_id = l.conversation_id and m.seq = any(l.seqs) and m.voice is null
            and not (m.author = 'customer' and m.seq > k.by_key and k.by_key > k.by_person)
        order by m.seq)
from of_keys k where l.id = k.id;

update edits e set voice = m.voice
from messages m
where m.conversation_id = e.conversation_id and m.seq = e.seq and m.voice is not null and e.voice is null;
