-- Projects: what keys, calls, spend and budgets can belong to beside people and accounts.

create table freehold.projects (
  organization_id uuid not null references freehold.organizations on delete cascade,
  id uuid not null,
  name text not null check (length(name) between 1 and 120),
  -- What callers say.
  slug text not null check (length(slug) between 1 and 64),
  description text not null default '' check (length(description) <= 1000),
  created_by uuid references freehold.users on delete set null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  -- It takes no calls then; what it has cost stays.
  archived_at timestamptz,
  primary key (organization_id, id)
);
create unique index projects_slug on freehold.projects (organization_id, slug);
create index projects_created_by on freehold.projects (created_by) where created_by is not null;
-- Nobody deletes one: the books speak of it.
call app.protect('freehold.projects', 'select, insert, update');

alter table freehold.api_keys
  add project_id uuid,
  add foreign key (organization_id, project_id) references freehold.projects (organization_id, id);
create index api_keys_project on freehold.api_keys (organization_id, project_id) where project_id is not null;

alter table freehold.budgets
  add project_id uuid,
  add foreign key (organization_id, project_id) references freehold.projects (organization_id, id) on delete cascade;
drop index freehold.budgets_part;
create unique index budgets_part on freehold.budgets
  (organization_id, user_id, api_key_id, service_account_id, project_id, model, tag, budget_window) nulls not distinct;
create index budgets_project on freehold.budgets (organization_id, project_id) where project_id is not null;

alter table freehold.holds add project_id uuid;

-- The project a call was made for.
alter table freehold.usage_records add project_id uuid;
create index usage_records_project on freehold.usage_records (organization_id, project_id, created_at)
  where project_id is not null;
