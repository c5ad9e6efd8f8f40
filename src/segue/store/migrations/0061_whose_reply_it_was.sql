-- Whose word a reply was, where an API key wrote it in an agent's name and does not vouch for them (`key:…`); null where it was
-- the agent's own. Such words solve nothing that is taught: a person has to say them for themselves.
alter table messages add column voice text;

-- Replies of before: the record of what was sent says it.
update messages m set voice = e.body ->> 'voice'
from events e
where e.kind = 'message.sent' and e.conversation_id = m.conversation_id and (e.body ->> 'seq')::int = m.seq
  and e.body ? 'voice' and m.author = 'agent';
