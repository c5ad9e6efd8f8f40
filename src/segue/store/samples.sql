-- What a benchmark asks for: a few rows of a large database, spread over all of it.

-- name: size
select count(*) as conversations, pg_database_size(current_database()) as bytes from conversations

-- name: contacts
select distinct contact_id as id from conversations tablesample system (%(percent)s) repeatable (7) limit %(limit)s

-- name: conversations
select id from conversations tablesample system (%(percent)s) repeatable (7) limit %(limit)s

-- name: vectors
select vector::text as vector from resolutions tablesample system (%(percent)s) repeatable (7)
where vector is not null limit %(limit)s
