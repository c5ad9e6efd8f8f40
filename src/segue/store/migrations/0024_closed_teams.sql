-- A closed team's conversations are seen by its members, by leads and by administrators, and by nobody else at the desk.
alter table teams add column is_closed boolean not null default false;

-- The rule itself, in one place: every list, search and look at one conversation asks it, once a statement. To somebody
-- unknown all closed teams are closed.
create function teams_closed_to(agent text) returns text[] language sql stable as $$
    select array(
        select t.id from teams t
        where t.is_closed
          and not exists (select from agent_teams m where m.team_id = t.id and m.agent_id = agent)
          and not exists (select from agents a where a.id = agent and a.is_active and a.role in ('lead', 'admin')))
$$;
