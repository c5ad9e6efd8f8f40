-- What many customers write on one day in nearly the same words is one case for a step up. The number names the first of
-- them and leads to nobody; it is settled by what they wrote and when, and kept with each judgement.
alter table judgements add column alike bigint;

-- What a copied text leaves, whichever number each customer put into it.
create function letters_of(body text) returns text language sql immutable parallel safe as
$$ select regexp_replace(lower(left(body, 2000)), '[^[:alpha:]]+', '', 'g') $$;

-- Of what was judged before, the same words alone are found: near ones would be looked for in every day that there was.
select set_config('segue.rewrite_events', 'on', true);
update judgements j set alike = x.first
from (
    select k.conversation_id, k.seq, hashtextextended(first_value(k.conversation_id || '.' || k.seq) over (
        partition by k.category_id, date_trunc('day', k.at, 'UTC'), a.encoder, a.vector
        order by k.at, k.conversation_id, k.seq), 0) as first
    from cases k join assessments a using (conversation_id, seq)
    where a.vector is not null
      and exists (select from judgements where conversation_id = k.conversation_id and seq = k.seq)
) x
where x.conversation_id = j.conversation_id and x.seq = j.seq and j.verdict <> 'unknown';
select set_config('segue.rewrite_events', '', true);
