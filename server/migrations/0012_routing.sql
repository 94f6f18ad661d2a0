-- Names that stand for a list of deployments, provider keys of an organization's own, and what a call went through.

create table freehold.model_aliases (
  organization_id uuid not null references freehold.organizations on delete cascade,
  id uuid not null,
  -- What callers send as the model.
  name text not null check (length(name) between 1 and 100),
  description text not null check (length(description) <= 500),
  strategy text not null
    check (strategy in ('priority', 'weighted', 'cheapest', 'fastest', 'least_busy', 'cache_affine')),
  -- In their order: [{"model", "weight", "timeoutMs"}].
  targets jsonb not null,
  max_attempts integer not null check (max_attempts > 0),
  -- After so long no further target is tried.
  total_timeout_ms integer not null check (total_timeout_ms > 0),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (organization_id, id),
  unique (organization_id, name)
);
call app.protect('freehold.model_aliases');

create table freehold.provider_keys (
  organization_id uuid not null references freehold.organizations on delete cascade,
  id uuid not null,
  -- A provider of the catalogue, or the name of the organization's own server.
  provider text not null check (length(provider) between 1 and 60),
  name text not null check (length(name) between 1 and 100),
  -- Sealed for this row; null where a server of one's own asks for none.
  key_sealed text,
  last_four text,
  -- Of an own server that speaks OpenAI's protocol, and what it serves.
  base_url text check (length(base_url) <= 500),
  models jsonb not null default '[]',
  weight integer not null check (weight between 1 and 1000),
  requests_per_minute integer check (requests_per_minute between 1 and 1000000),
  -- Whether its calls count in the organization's budgets, which are made of what the operator's keys cost.
  counts_in_budgets boolean not null,
  enabled boolean not null,
  -- Why it is not used though it is enabled: what the provider said when it refused it.
  problem text,
  problem_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (organization_id, id)
);
call app.protect('freehold.provider_keys');

alter table freehold.usage_records
  -- The name that was asked for, where it stood for several deployments.
  add alias text,
  -- Which deployments were considered, in order, and what became of each.
  add attempts jsonb not null default '[]',
  -- Whose provider key it was.
  add paid_by text not null default 'installation' check (paid_by in ('installation', 'organization')),
  -- The part of the cost that budgets do not count.
  add uncounted_nanos bigint not null default 0;
alter table freehold.usage_daily add uncounted_nanos bigint not null default 0;

-- Prices as they were when they were first seen, so that a record's price version can be looked up for good.
create table freehold.model_prices (
  provider text not null,
  model text not null,
  version text not null,
  input_nanos_per_million bigint not null,
  cached_input_nanos_per_million bigint not null,
  cache_write_nanos_per_million bigint not null,
  output_nanos_per_million bigint not null,
  source text not null check (source in ('catalogue', 'provider-list', 'override')),
  first_seen_at timestamptz not null,
  primary key (provider, model, version)
);
grant select, insert on freehold.model_prices to freehold_app;
