-- Whom an erasure was of, as the SHA-256 of the contact's id: it says nothing to whoever does not have the contact, and
-- finds them where a backup brings them back. Erasures of before have none.
alter table erasures add column contact_hash bytea;
