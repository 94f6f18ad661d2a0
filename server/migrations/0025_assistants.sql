-- Assistants: what they are told and may use, in versions that never change. A run is pinned to one.
create table freehold.assistants (
  organization_id uuid not null references freehold.organizations on delete cascade,
  id uuid not null,
  name text not null check (length(name) between 1 and 120),
  -- The number of the newest version: whoever adds one takes the next under this row's lock.
  latest_version integer not null default 0 check (latest_version >= 0),
  created_by uuid references freehold.users on delete set null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  archived_at timestamptz,
  primary key (organization_id, id)
);
create index assistants_person on freehold.assistants (created_by) where created_by is not null;
call app.protect('freehold.assistants');

create table freehold.assistant_versions (
  organization_id uuid not null references freehold.organizations on delete cascade,
  assistant_id uuid not null,
  number integer not null check (number > 0),
  definition jsonb not null,
  created_by uuid references freehold.users on delete set null,
  created_at timestamptz not null,
  primary key (organization_id, assistant_id, number),
  foreign key (organization_id, assistant_id) references freehold.assistants (organization_id, id) on delete cascade
);
create index assistant_versions_person on freehold.assistant_versions (created_by) where created_by is not null;
call app.protect('freehold.assistant_versions', 'select, insert');

-- One task given to an assistant: queued → running ⇄ waiting → done | failed | stopped.
create table freehold.assistant_runs (
  organization_id uuid not null references freehold.organizations on delete cascade,
  id uuid not null,
  assistant_id uuid not null,
  assistant_version integer not null,
  graph text not null,
  graph_version integer not null,
  model text not null,
  -- Who asked: a person by a session, or a key, whose service account stands beside it.
  user_id uuid,
  api_key_id uuid,
  service_account_id uuid,
  state text not null check (state in ('queued', 'running', 'waiting', 'done', 'failed', 'stopped')),
  input_sealed text not null,
  output_sealed text,
  error_code text,
  error_message text,
  model_calls integer not null default 0,
  input_tokens bigint not null default 0,
  output_tokens bigint not null default 0,
  cost_nanos bigint not null default 0,
  stop_requested boolean not null default false,
  -- The process that goes on with it, until when nobody else does.
  lease_id uuid,
  lease_until timestamptz,
  created_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz,
  primary key (organization_id, id),
  -- Versions cannot be deleted: tenants hold no right to.
  foreign key (organization_id, assistant_id) references freehold.assistants (organization_id, id) on delete cascade,
  foreign key (organization_id, user_id)
    references freehold.memberships (organization_id, user_id) on delete cascade,
  foreign key (organization_id, service_account_id)
    references freehold.service_accounts (organization_id, id) on delete cascade,
  foreign key (organization_id, api_key_id)
    references freehold.api_keys (organization_id, id) on delete cascade,
  check (num_nonnulls(user_id, api_key_id) <= 1)
);
create index assistant_runs_assistant on freehold.assistant_runs (organization_id, assistant_id);
create index assistant_runs_user on freehold.assistant_runs (organization_id, user_id, id desc);
create index assistant_runs_service_account on freehold.assistant_runs (organization_id, service_account_id, id desc);
create index assistant_runs_api_key on freehold.assistant_runs (organization_id, api_key_id, id desc);
create index assistant_runs_left on freehold.assistant_runs (lease_until) where state = 'running';
call app.protect('freehold.assistant_runs');

-- The trace of a run: each call of a model or a tool, with what it was asked and what it gave. A step that has ended is not done again.
create table freehold.assistant_run_steps (
  organization_id uuid not null references freehold.organizations on delete cascade,
  run_id uuid not null,
  -- Where in the graph it stands: the same when it is done again after a kill.
  key text not null,
  ordinal integer not null,
  kind text not null check (kind in ('model', 'tool')),
  name text not null,
  state text not null check (state in ('running', 'done', 'failed')),
  -- Names the usage record of a call.
  request_id uuid not null,
  input_sealed text not null,
  output_sealed text,
  error_code text,
  input_tokens integer not null default 0,
  output_tokens integer not null default 0,
  cost_nanos bigint not null default 0,
  started_at timestamptz not null,
  finished_at timestamptz,
  primary key (organization_id, run_id, key),
  unique (organization_id, run_id, ordinal),
  foreign key (organization_id, run_id) references freehold.assistant_runs (organization_id, id) on delete cascade
);
call app.protect('freehold.assistant_run_steps');

-- What a tool would change, which waits for a person.
create table freehold.assistant_approvals (
  organization_id uuid not null references freehold.organizations on delete cascade,
  id uuid not null,
  run_id uuid not null,
  -- The call that it is about, in the model's own name for it.
  tool_call_id text not null,
  tool text not null,
  permission text not null,
  arguments_sealed text not null,
  -- What was approved, where the person changed it.
  edited_sealed text,
  state text not null check (state in ('waiting', 'approved', 'rejected', 'expired', 'withdrawn')),
  note_sealed text,
  decided_by uuid references freehold.users on delete set null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  decided_at timestamptz,
  primary key (organization_id, id),
  unique (organization_id, run_id, tool_call_id),
  foreign key (organization_id, run_id) references freehold.assistant_runs (organization_id, id) on delete cascade
);
create index assistant_approvals_person on freehold.assistant_approvals (decided_by) where decided_by is not null;
create index assistant_approvals_waiting on freehold.assistant_approvals (expires_at) where state = 'waiting';
call app.protect('freehold.assistant_approvals');

-- The state of a graph after each of its steps. Ids are LangGraph's own.
create table freehold.graph_checkpoints (
  organization_id uuid not null references freehold.organizations on delete cascade,
  thread_id text not null,
  namespace text not null,
  id text not null,
  parent_id text,
  run_id uuid,
  -- Without the values of its channels, of which each version is kept once.
  checkpoint_sealed text not null,
  metadata_sealed text not null,
  primary key (organization_id, thread_id, namespace, id),
  foreign key (organization_id, run_id) references freehold.assistant_runs (organization_id, id) on delete cascade
);
create index graph_checkpoints_run on freehold.graph_checkpoints (organization_id, run_id);
call app.protect('freehold.graph_checkpoints');

create table freehold.graph_blobs (
  organization_id uuid not null references freehold.organizations on delete cascade,
  thread_id text not null,
  namespace text not null,
  channel text not null,
  version text not null,
  run_id uuid,
  type text not null,
  value_sealed text not null,
  primary key (organization_id, thread_id, namespace, channel, version),
  foreign key (organization_id, run_id) references freehold.assistant_runs (organization_id, id) on delete cascade
);
create index graph_blobs_run on freehold.graph_blobs (organization_id, run_id);
call app.protect('freehold.graph_blobs');

create table freehold.graph_writes (
  organization_id uuid not null references freehold.organizations on delete cascade,
  thread_id text not null,
  namespace text not null,
  checkpoint_id text not null,
  task_id text not null,
  position integer not null,
  channel text not null,
  run_id uuid,
  type text not null,
  value_sealed text not null,
  primary key (organization_id, thread_id, namespace, checkpoint_id, task_id, position),
  foreign key (organization_id, run_id) references freehold.assistant_runs (organization_id, id) on delete cascade
);
create index graph_writes_run on freehold.graph_writes (organization_id, run_id);
call app.protect('freehold.graph_writes');

-- What calls are for: assistants beside chats, messages and embeddings.
alter table freehold.usage_records drop constraint usage_records_purpose_check;
alter table freehold.usage_records
  add constraint usage_records_purpose_check check (purpose in ('chat', 'embedding', 'message', 'assistant'));
