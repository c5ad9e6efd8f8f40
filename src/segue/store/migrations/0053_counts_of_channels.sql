-- How often what happened on the ways in, since the house began: for machines that watch it (docs/operate.md).

create table channel_counts (
    name  text not null, -- as in channel_states: "imap", "listen"
    what  text not null, -- "fetched", "failed"; "accepted", "refused", "later"
    count bigint not null default 0,
    primary key (name, what)
);
