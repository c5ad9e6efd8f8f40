-- Which answers are drawn for review is chance that looks more often where a mistake is likelier. A case keeps, beside its
-- own chance, the least that any answer had then; where that is missing all had the same.
alter table cases add column least real;
