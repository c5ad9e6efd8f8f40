-- Whose word it was, where an API key said it in an agent's name and does not vouch for them (`key:…`); null where it was the
-- agent's own. A key's word is kept, and teaches nothing until a person of the house says so.
alter table resolutions add column voice text;
alter table urgency_changes add column voice text;
alter table frustration_marks add column voice text;
alter table edits add column voice text;
