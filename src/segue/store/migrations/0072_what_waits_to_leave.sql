-- What waits is looked for each second, and once more for what is too old: rows that were given up or taken back, which
-- stay for good, are passed over.
create index outbox_waits on outbox (due_at)
    where sent_at is null and undelivered_at is null and cancelled_at is null;
drop index outbox_due;
