-- Prompts: texts for models under a name, in versions that never change, with labels that say which of them serves.

create table freehold.prompts (
  organization_id uuid not null references freehold.organizations on delete cascade,
  id uuid not null,
  -- What callers say. The folder is where people find it, so moving it breaks no call.
  name text not null check (length(name) between 1 and 100),
  folder text not null default '' check (length(folder) <= 300),
  description text not null default '' check (length(description) <= 1000),
  -- The number of the newest version: whoever adds one takes the next under this row's lock.
  latest_version integer not null default 0 check (latest_version >= 0),
  created_by uuid references freehold.users on delete set null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  archived_at timestamptz,
  primary key (organization_id, id)
);
create unique index prompts_name on freehold.prompts (organization_id, lower(name));
call app.protect('freehold.prompts');

-- Nobody changes or deletes a version: tenants hold no right to. It goes with its prompt.
create table freehold.prompt_versions (
  organization_id uuid not null references freehold.organizations on delete cascade,
  prompt_id uuid not null,
  number integer not null check (number > 0),
  id uuid not null,
  messages jsonb not null,
  variables jsonb not null,
  model text,
  parameters jsonb not null,
  note text not null default '' check (length(note) <= 500),
  created_by uuid references freehold.users on delete set null,
  created_at timestamptz not null,
  primary key (organization_id, prompt_id, number),
  unique (organization_id, id),
  foreign key (organization_id, prompt_id) references freehold.prompts (organization_id, id) on delete cascade
);
create index prompt_versions_person on freehold.prompt_versions (created_by) where created_by is not null;
call app.protect('freehold.prompt_versions', 'select, insert');

-- Which version serves under a name such as production, and which share of the calls tries another.
create table freehold.prompt_labels (
  organization_id uuid not null references freehold.organizations on delete cascade,
  prompt_id uuid not null,
  label text not null check (length(label) between 1 and 40),
  -- Numbers of versions, which nobody can delete.
  version integer not null,
  canary_version integer,
  canary_percent integer check (canary_percent between 1 and 99),
  updated_at timestamptz not null,
  primary key (organization_id, prompt_id, label),
  foreign key (organization_id, prompt_id) references freehold.prompts (organization_id, id) on delete cascade,
  check ((canary_version is null) = (canary_percent is null)),
  check (canary_version <> version)
);
call app.protect('freehold.prompt_labels');

-- Each move of a label, as it was: what a rollback goes back to.
create table freehold.prompt_label_moves (
  organization_id uuid not null references freehold.organizations on delete cascade,
  id uuid not null,
  prompt_id uuid not null,
  label text not null,
  from_version integer,
  -- Null where the label was taken off.
  to_version integer,
  canary_version integer,
  canary_percent integer,
  moved_by uuid references freehold.users on delete set null,
  moved_at timestamptz not null,
  primary key (organization_id, id),
  foreign key (organization_id, prompt_id) references freehold.prompts (organization_id, id) on delete cascade
);
create index prompt_label_moves_prompt on freehold.prompt_label_moves (organization_id, prompt_id, id);
call app.protect('freehold.prompt_label_moves', 'select, insert');

-- The version a call was made with. The prompt may be gone; the books stay.
alter table freehold.usage_records
  add prompt_id uuid,
  add prompt_version integer;
create index usage_records_prompt on freehold.usage_records (organization_id, prompt_id, created_at)
  where prompt_id is not null;
