create table if not exists members (board integer not null, user text not null, primary key (board, user));
create table if not exists tasks (
    id integer primary key,
    board integer not null,
    title text not null,
    by text not null,
    done integer not null default 0
);
create index if not exists tasks_of_board on tasks (board);
insert or ignore into members values (1, 'ann'), (1, 'bob'), (2, 'ann');
