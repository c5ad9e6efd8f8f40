-- When somebody's access was taken away. Those who only come with imported history never worked here and have none.
alter table agents add column left_at timestamptz check (left_at is null or not is_active);
