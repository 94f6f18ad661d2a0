-- Budgets on any part of an organization's calls, in the calendar of a place, that tell when they are nearly used up.

alter table freehold.budgets
  -- What a call must have in common with the budget to count in it; all null is every call of the organization.
  add user_id uuid,
  add api_key_id uuid,
  add service_account_id uuid,
  add model text,
  add tag text check (length(tag) between 1 and 64),
  add foreign key (organization_id, user_id)
    references freehold.memberships (organization_id, user_id) on delete cascade,
  add foreign key (organization_id, api_key_id)
    references freehold.api_keys (organization_id, id) on delete cascade,
  add foreign key (organization_id, service_account_id)
    references freehold.service_accounts (organization_id, id) on delete cascade,
  -- Whose midnight a window begins at.
  add time_zone text not null default 'UTC',
  -- Percents of the limit of which each is told once in a window, and the highest that was in this one.
  add thresholds integer[] not null default '{50,80,100}',
  add notified_percent integer not null default 0,
  -- With it goes its uniqueness.
  drop column scope,
  drop constraint budgets_budget_window_check,
  add check (budget_window in ('day', 'week', 'month', 'lifetime'));
create unique index budgets_part on freehold.budgets
  (organization_id, user_id, api_key_id, service_account_id, model, tag, budget_window) nulls not distinct;
create index budgets_api_key on freehold.budgets (organization_id, api_key_id);
create index budgets_service_account on freehold.budgets (organization_id, service_account_id);

-- A hold says what its call is, so that it settles in the budgets it was counted in, whatever was made or changed since.
alter table freehold.holds
  add user_id uuid,
  add api_key_id uuid,
  add service_account_id uuid,
  add model text,
  add tag text;

-- What the caller said the call is for.
alter table freehold.usage_records add tag text;
create index usage_records_tag on freehold.usage_records (organization_id, tag, created_at) where tag is not null;
