-- In how many passages a word stands, so that a search knows how much it tells. The empty word counts all passages.

create table words (
    word     text primary key,
    passages integer not null
);

insert into words (word, passages) select word, ndoc from ts_stat('select lexemes from passages');
insert into words (word, passages) select '', count(*) from passages;
