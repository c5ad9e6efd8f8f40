-- A closed team's conversations are seen by its members, by leads and by administrators, and by nobody else at the desk.
alter table teams add column is_closed boolean not null default false;

-- The rule itself, in one place: every list, search and look at one conversation asks it. Somebody unknown is no member.
create function is_closed_to(team text, agent text) returns boolean language sql stable as $$
    select team is not null and exists (
        select from teams t
        where t.id = team and t.is_closed
          and not exists (select from agent_teams m where m.team_id = t.id and m.agent_id = agent)
          and not exists (select from agents a where a.id = agent and a.is_active and a.role in ('lead', 'admin')))
$$;
