-- Which tabs of theirs show it, and when each said so last: who closes one of two is still there.
alter table presence add column tabs jsonb not null default '{}';
