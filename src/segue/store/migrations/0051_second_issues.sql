-- Whether somebody looked again, some time after an issue was filed, if it is the only one of its topic.
alter table issues add column looked_at timestamptz;
update issues set looked_at = filed_at where filed_at is not null;
create index issues_to_look_at on issues (due_at) where filed_at is not null and looked_at is null;
