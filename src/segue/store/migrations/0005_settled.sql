-- The transaction below which no event of this database can still appear. Transaction ids are the server's: work in
-- another database, and the server's own (vacuum, analyze), writes no event here and is not waited for. One that ends
-- between the two looks is waited for once more, which only costs a moment.

create function settled_before() returns xid8 language sql stable as $$
    select coalesce(min(running), pg_snapshot_xmax(pg_current_snapshot()))
    from pg_snapshot_xip(pg_current_snapshot()) as running
    where not exists (
        select from pg_stat_activity
        where backend_xid::text::bigint = running::text::bigint & 4294967295
            and (datname is distinct from current_database() or backend_type <> 'client backend'))
$$;
