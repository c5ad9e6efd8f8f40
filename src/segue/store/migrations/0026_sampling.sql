-- Which answers are drawn for review is chance that looks more often where a mistake is likelier. A case keeps, beside its
-- own chance, the least that any answer had then; where that is missing all had the same.
alter table cases add column least real;

-- A head is fitted anew where a matter was opened, named or taken out, too.
alter table refits drop constraint refits_cause_check;
alter table refits add constraint refits_cause_check
    check (cause in ('asked', 'nightly', 'erasure', 'promise', 'catalogue'));
