-- Whose word a reply was, where an API key wrote it in an agent's name and does not vouch for them (`key:…`); null where it was
-- the agent's own. Such words solve nothing that is taught: a person has to say them for themselves.
alter table messages add column voice text;

-- Replies of before: the record of what was sent says it.
update messages m set voice = e.body ->> 'voice'
from events e
where e.kind = 'message.sent' and e.conversation_id = m.conversation_id and (e.body ->> 'seq')::int = m.seq
  and e.body ? 'voice' and m.author = 'agent';

-- Who comes back may greet first: the same issue counts as a return at whichever message it is written, not only the first.
-- What was returned to is recorded once, so that the messages after it say nothing new.
drop trigger assessments_tell_returns on assessments;
create trigger assessments_tell_returns after insert on assessments for each row
    when (jsonb_typeof(new.body -> 'repeat') = 'object' or new.episode > 1
        or (new.intent_id is not null and new.vector is not null))
    execute function outcome_of_return();
