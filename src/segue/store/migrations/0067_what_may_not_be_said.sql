-- What was decided under a policy is said no more once one that lets the assistant say nothing was live since: whoever
-- looks after the switch was thrown back sees no other policy, but a later one. `lived`: the how-manieth that became
-- live; null where it never did.
alter table policies add column lived integer;
update policies p set lived = o.place
from (select version, row_number() over (order by is_live, at, version) as place
      from policies cross join lateral (
          select case when exists (select from shadows s where s.version = policies.version) then
              (select max(s.ended_at) from shadows s where s.version = policies.version and s.outcome = 'promoted')
              else policies.created_at end as at) live
      where is_live or at is not null) o
where p.version = o.version;
create index policies_that_stop on policies (lived) where not lets_speak;

-- The policies under which nothing may be said any more, the live one among them where the assistant is stopped now.
create view silenced as
select p.version, p.is_live from policies p
where exists (select from policies off where not off.lets_speak and off.lived >= p.lived);
