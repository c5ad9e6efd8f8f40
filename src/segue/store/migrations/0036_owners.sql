-- Whose a key is: where a person has to stand for what it does, that is done in their name. Keys of before are nobody's.
alter table api_keys add column agent_id text references agents;
