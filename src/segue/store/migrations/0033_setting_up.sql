-- Past tickets and articles that somebody brings, before they are taken in: the file in the parts in which it came, so
-- that a broken line goes on where it was, what was made of it, and how far taking it in has come.

create table imports (
    id          text primary key,
    kind        text not null check (kind in ('tickets', 'articles')),
    name        text not null,
    author      text not null,
    state       text not null default 'coming' check (state in ('coming', 'read', 'wanted', 'running', 'done', 'failed')),
    -- what was asked for with it, and what came of it
    wishes      jsonb not null default '{}',
    report      jsonb not null default '{}',
    done        integer not null default 0,
    total       integer not null default 0,
    at          timestamptz not null,
    touched_at  timestamptz not null
);

create table import_parts (
    import_id text not null references imports on delete cascade,
    n         integer not null,
    body      bytea not null,
    primary key (import_id, n)
);

-- Pages that showed the widget, as the widget itself told: where, and since when.
create table widget_seen (
    origin   text primary key,
    url      text not null,
    first_at timestamptz not null,
    last_at  timestamptz not null
);

-- A candidate may go into another one, with its lessons.
alter table candidates drop constraint candidates_status_check,
    add constraint candidates_status_check check (status in ('open', 'approved', 'rejected', 'merged')),
    add column merged_into text references candidates on delete set null;
