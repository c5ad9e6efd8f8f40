-- What chance sent to people although the assistant would have answered, and what it left to the assistant.

-- name: episodes
-- The first turn of each episode at which chance was asked, since `since`, under the policies that hold a share back; and
-- how the episode went on. `came_back`: it was reopened, or the same customer wrote about the same matter within
-- `lasting` of its end. Of those whose end is at least so long ago only.
with asked as (
    select distinct on (d.conversation_id, s.episode) d.conversation_id, s.episode, d.reason = 'held_out' as is_held_out,
        d.decided_at, s.intent_id, (d.body->'scores'->>'holdout_share')::float as share
    from decisions d join assessments s using (conversation_id, seq)
    where d.decided_at >= %(since)s and d.policy_version = any(%(versions)s)
      and (d.action = 'answer' or d.reason = 'held_out') and d.body->'scores' ? 'holdout_draw'
    order by d.conversation_id, s.episode, d.seq
)
select a.conversation_id, a.is_held_out, a.share, r.at is not null as is_over, extract(epoch from r.at - a.decided_at) / 3600.0 as hours,
    r.is_reopened or exists (
        select from conversations x
        join assessments y on y.conversation_id = x.id and y.intent_id = a.intent_id
        join messages m on m.conversation_id = x.id and m.seq = y.seq
        where x.contact_id = c.contact_id and (x.id <> c.id or y.episode > a.episode)
          and m.at > r.at and m.at <= r.at + %(lasting)s
    ) as came_back
from asked a
join conversations c on c.id = a.conversation_id
left join lateral (
    select min(at) as at, coalesce(bool_or(outcome = 'reopened'), false) as is_reopened from resolutions
    where conversation_id = a.conversation_id and episode = a.episode
    having min(at) <= %(now)s - %(lasting)s
) r on true
