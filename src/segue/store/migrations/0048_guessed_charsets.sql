-- The charset that a mail was read in, where it names none and another is nearly as likely: whoever reads it is told.
alter table mails add column guessed text not null default '';
