-- What an article should answer, in customers' words: asked again whenever its text changes.

create table article_questions (
    slug     text not null,
    question text not null,
    place    integer not null,
    author   text not null,
    at       timestamptz not null,
    primary key (slug, question)
);
