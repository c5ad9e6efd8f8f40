-- Whether a policy lets the assistant speak stands beside its text, so that a turn is held against it as it is committed,
-- and a mail as it leaves. What is there already was written a setting a line; the workers read the text as ever.
alter table policies add column lets_speak boolean not null default true;
update policies set lets_speak = false where body ~ '(?n)^(["'']?)assistant\1[ \t]*:[ \t]*(off|false)[ \t]*(#.*)?\r?$';
