-- How many calls and tokens may pass in a minute, and how many calls may run at once, for any part of an organization's calls.

create table freehold.limits (
  organization_id uuid not null references freehold.organizations on delete cascade,
  id uuid not null,
  -- What a call must have in common with the limit to count in it; all null is every call of the organization.
  user_id uuid,
  api_key_id uuid,
  service_account_id uuid,
  model text,
  tag text check (length(tag) between 1 and 64),
  -- Null where it does not limit that.
  requests_per_minute integer check (requests_per_minute > 0),
  tokens_per_minute integer check (tokens_per_minute > 0),
  calls_at_once integer check (calls_at_once > 0),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (organization_id, id),
  foreign key (organization_id, user_id)
    references freehold.memberships (organization_id, user_id) on delete cascade,
  foreign key (organization_id, api_key_id)
    references freehold.api_keys (organization_id, id) on delete cascade,
  foreign key (organization_id, service_account_id)
    references freehold.service_accounts (organization_id, id) on delete cascade
);
create unique index limits_part on freehold.limits
  (organization_id, user_id, api_key_id, service_account_id, model, tag) nulls not distinct;
create index limits_api_key on freehold.limits (organization_id, api_key_id);
create index limits_service_account on freehold.limits (organization_id, service_account_id);
call app.protect('freehold.limits');
