-- What customers may want, what we know, and how past conversations were resolved.

create table categories (
    id            text primary key,
    name          text not null,
    needs_account boolean not null default false
);

create table intents (
    id          text primary key,
    name        text not null,
    category_id text not null references categories,
    is_opened   boolean not null default true,
    questions   text[] not null default '{}'
);

create table articles (
    id         text primary key,
    slug       text not null unique,
    title      text not null,
    audience   text not null default 'public' check (audience in ('public', 'internal')),
    intent_id  text references intents,
    review_by  date,
    version    integer not null default 1,
    is_live    boolean not null default true,
    updated_at timestamptz not null
);

create table article_versions (
    article_id text not null references articles on delete cascade,
    version    integer not null,
    body       text not null,
    author     text not null,
    note       text not null default '',
    created_at timestamptz not null,
    primary key (article_id, version)
);

-- Passages of the live version only; older versions are cut again when they are looked at.
create table passages (
    id         text primary key,
    article_id text not null references articles on delete cascade,
    version    integer not null,
    heading    text not null default '',
    body       text not null,
    starts     integer not null,
    ends       integer not null,
    lexemes    tsvector not null,
    vector     halfvec(384) not null
);
create index passages_by_article on passages (article_id);
create index passages_by_word on passages using gin (lexemes);
create index passages_by_vector on passages using hnsw (vector halfvec_cosine_ops);

-- Past messages whose intent people settled: what the intent head is fitted on.
create table examples (
    id              text primary key,
    intent_id       text not null references intents,
    body            text not null,
    vector          halfvec(384) not null,
    source          text not null,
    contact_id      text references contacts on delete cascade,
    conversation_id text,
    created_at      timestamptz not null
);
create index examples_by_intent on examples (intent_id, created_at desc);

-- Fitted things (heads, confidence): derived, may be deleted and rebuilt by `segue fit`.
create table heads (
    kind       text not null,
    version    text not null,
    body       bytea not null,
    report     jsonb not null,
    is_live    boolean not null default true,
    created_at timestamptz not null,
    primary key (kind, version)
);

create table encodings (
    encoder   text not null,
    text_hash bytea not null,
    vector    halfvec(384) not null,
    primary key (encoder, text_hash)
);

create table policies (
    version    integer primary key,
    body       text not null,
    author     text not null,
    note       text not null,
    is_live    boolean not null default false,
    created_at timestamptz not null
);
create unique index one_live_policy on policies (is_live) where is_live;
