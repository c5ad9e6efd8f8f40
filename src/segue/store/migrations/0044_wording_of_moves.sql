-- Why a cell moved is kept in English, and beside it what the sentence was made of, so that whoever reads it later reads
-- it in their own language. What was kept before has none, and is shown as it stands.
alter table standings add column wording jsonb not null default '{}';
alter table offers add column wording jsonb not null default '{}';
