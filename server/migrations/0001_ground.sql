-- The ground: roles, the tenant wall, and the tables of the first modules.

create extension if not exists vector;

do $$
begin
  -- Roles belong to the cluster: another database of it may have made them already, or be making them now.
  begin
    create role freehold_app nologin nosuperuser nocreatedb nocreaterole nobypassrls;
  exception when duplicate_object or unique_violation then null;
  end;
  begin
    create role freehold_tenant nologin nosuperuser nocreatedb nocreaterole nobypassrls;
  exception when duplicate_object or unique_violation then null;
  end;
end
$$;

-- freehold_app may become freehold_tenant; it does not hold the tenant's rights by itself.
grant freehold_tenant to freehold_app with inherit false, set true;

do $$
begin
  -- The migrating owner must be able to step down to the server's role.
  if not (select rolsuper from pg_roles where rolname = current_user) then
    execute format('grant freehold_app to %I with inherit false, set true', current_user);
    execute format('grant freehold_tenant to %I with inherit false, set true', current_user);
  end if;
end
$$;

create schema freehold;
grant usage on schema freehold to freehold_app, freehold_tenant;
grant usage on schema app to freehold_app, freehold_tenant;
grant select on app.migrations to freehold_app;

-- pg-boss installs itself into a schema that the server's role owns; tenants have no way in.
create schema pgboss authorization freehold_app;

create function app.organization_id() returns uuid
language sql stable parallel safe
return (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'organization_id')::uuid;
comment on function app.organization_id() is 'The organization of the current claims; null, and so no row, without them.';

create procedure app.protect(target regclass, tenant_rights text default 'select, insert, update, delete')
language plpgsql as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format(
    'create policy tenant on %s for all to freehold_tenant
       using (organization_id = (select app.organization_id()))
       with check (organization_id = (select app.organization_id()))', target);
  execute format('create policy system on %s for all to freehold_app using (true) with check (true)', target);
  execute format('grant %s on %s to freehold_tenant', tenant_rights, target);
  execute format('grant %s on %s to freehold_app', tenant_rights, target);
end
$$;
comment on procedure app.protect is 'The tenant wall: forced row-level security with the one policy every tenant table has.';

-- ── identity ────────────────────────────────────────────────────────────────────────────────────────────────

create table freehold.users (
  id uuid primary key,
  email text not null,
  email_verified boolean not null default false,
  name text not null,
  image text,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create unique index users_email on freehold.users (lower(email));

create table freehold.sessions (
  id uuid primary key,
  user_id uuid not null references freehold.users on delete cascade,
  token text not null unique,
  expires_at timestamptz not null,
  ip_address text,
  user_agent text,
  organization_id uuid,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index sessions_user on freehold.sessions (user_id);

create table freehold.accounts (
  id uuid primary key,
  user_id uuid not null references freehold.users on delete cascade,
  account_id text not null,
  provider_id text not null,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamptz,
  refresh_token_expires_at timestamptz,
  scope text,
  password text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (provider_id, account_id)
);
create index accounts_user on freehold.accounts (user_id);

create table freehold.verifications (
  id uuid primary key,
  identifier text not null,
  value text not null,
  expires_at timestamptz not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index verifications_identifier on freehold.verifications (identifier);

create table freehold.refresh_tokens (
  id uuid primary key,
  family_id uuid not null,
  user_id uuid not null references freehold.users on delete cascade,
  session_id uuid not null references freehold.sessions on delete cascade,
  organization_id uuid,
  token_hash text not null unique,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  -- Sealed, so that a lost response can be answered again with the same successor for ten seconds.
  successor_sealed text,
  revoked_at timestamptz
);
create index refresh_tokens_family on freehold.refresh_tokens (family_id);
create index refresh_tokens_user on freehold.refresh_tokens (user_id);
create index refresh_tokens_session on freehold.refresh_tokens (session_id);

create table freehold.signing_keys (
  id text primary key,
  algorithm text not null,
  public_jwk jsonb not null,
  private_sealed text not null,
  created_at timestamptz not null
);

-- ── organizations ───────────────────────────────────────────────────────────────────────────────────────────

create table freehold.organizations (
  id uuid primary key,
  name text not null check (length(name) between 1 and 120),
  slug text not null unique,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
alter table freehold.organizations enable row level security;
alter table freehold.organizations force row level security;
create policy tenant on freehold.organizations for all to freehold_tenant
  using (id = (select app.organization_id())) with check (id = (select app.organization_id()));
create policy system on freehold.organizations for all to freehold_app using (true) with check (true);
grant select, update on freehold.organizations to freehold_tenant;
grant select, insert, update, delete on freehold.organizations to freehold_app;

create table freehold.memberships (
  organization_id uuid not null references freehold.organizations on delete cascade,
  user_id uuid not null references freehold.users on delete cascade,
  role text not null check (role in ('owner', 'admin', 'member', 'guest')),
  joined_at timestamptz not null,
  primary key (organization_id, user_id)
);
create index memberships_user on freehold.memberships (user_id);
call app.protect('freehold.memberships');

-- Each organization's data key, wrapped by the master key. Destroying the row is erasure.
create table freehold.organization_keys (
  organization_id uuid not null references freehold.organizations on delete cascade,
  id uuid not null,
  wrapped text not null,
  created_at timestamptz not null,
  primary key (organization_id, id)
);
call app.protect('freehold.organization_keys', 'select, insert');
grant update, delete on freehold.organization_keys to freehold_app;

-- People are global; an organization sees the names of its own members.
alter table freehold.users enable row level security;
alter table freehold.users force row level security;
create policy tenant on freehold.users for select to freehold_tenant
  using (id in (select user_id from freehold.memberships));
create policy system on freehold.users for all to freehold_app using (true) with check (true);
grant select (id, email, name) on freehold.users to freehold_tenant;
grant select, insert, update, delete on
  freehold.users, freehold.sessions, freehold.accounts, freehold.verifications,
  freehold.refresh_tokens, freehold.signing_keys
to freehold_app;

-- ── api-keys ────────────────────────────────────────────────────────────────────────────────────────────────

create table freehold.api_keys (
  organization_id uuid not null references freehold.organizations on delete cascade,
  id uuid not null,
  name text not null check (length(name) between 1 and 120),
  prefix text not null,
  key_hash text not null unique,
  created_by uuid references freehold.users on delete set null,
  created_at timestamptz not null,
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz,
  primary key (organization_id, id)
);
call app.protect('freehold.api_keys');

-- ── activity ────────────────────────────────────────────────────────────────────────────────────────────────

create table freehold.audit_entries (
  organization_id uuid not null references freehold.organizations on delete cascade,
  id uuid not null,
  action text not null,
  actor_kind text not null,
  actor_id uuid,
  entity_type text not null,
  entity_id text not null,
  changes jsonb not null,
  ip text,
  user_agent text,
  request_id uuid not null,
  created_at timestamptz not null,
  primary key (organization_id, id)
);
call app.protect('freehold.audit_entries', 'select, insert');

-- ── events ──────────────────────────────────────────────────────────────────────────────────────────────────

create table freehold.events (
  organization_id uuid not null references freehold.organizations on delete cascade,
  id uuid not null,
  sequence bigint generated always as identity,
  -- Readers go no further than the oldest transaction still open: no row can appear behind a cursor.
  transaction_id xid8 not null default pg_current_xact_id(),
  type text not null,
  data jsonb not null,
  created_at timestamptz not null,
  primary key (organization_id, id)
);
create index events_horizon on freehold.events (transaction_id, sequence);
call app.protect('freehold.events', 'select, insert');
grant delete on freehold.events to freehold_app;

create table freehold.event_cursors (
  reader text primary key,
  transaction_id xid8 not null,
  sequence bigint not null,
  updated_at timestamptz not null
);
grant select, insert, update, delete on freehold.event_cursors to freehold_app;

-- Which server processes are alive, so that what a killed one left behind can be finished.
create table freehold.nodes (
  id uuid primary key,
  started_at timestamptz not null,
  seen_at timestamptz not null
);
grant select, insert, update, delete on freehold.nodes to freehold_app;

-- ── ledger and budgets ──────────────────────────────────────────────────────────────────────────────────────

create table freehold.usage_records (
  organization_id uuid not null references freehold.organizations on delete cascade,
  request_id uuid not null,
  created_at timestamptz not null,
  purpose text not null check (purpose in ('chat', 'embedding', 'message')),
  model text not null,
  provider text not null,
  deployment text not null,
  api_key_id uuid,
  user_id uuid,
  prompt_tokens bigint not null check (prompt_tokens >= 0),
  cached_tokens bigint not null check (cached_tokens >= 0),
  completion_tokens bigint not null check (completion_tokens >= 0),
  reasoning_tokens bigint not null check (reasoning_tokens >= 0),
  cost_nanos bigint not null check (cost_nanos >= 0),
  reported_cost_nanos bigint,
  price_version text not null,
  input_nanos_per_million bigint not null,
  cached_input_nanos_per_million bigint not null,
  output_nanos_per_million bigint not null,
  latency_ms integer not null,
  time_to_first_token_ms integer,
  status text not null check (status in ('ok', 'error', 'aborted', 'interrupted')),
  error_code text,
  fallback boolean not null default false,
  cache text not null default 'miss' check (cache in ('miss', 'hit')),
  primary key (organization_id, request_id)
);
create index usage_records_time on freehold.usage_records (organization_id, created_at desc, request_id desc);
call app.protect('freehold.usage_records', 'select, insert');

create table freehold.usage_daily (
  organization_id uuid not null references freehold.organizations on delete cascade,
  day date not null,
  model text not null,
  calls bigint not null,
  prompt_tokens bigint not null,
  completion_tokens bigint not null,
  cost_nanos bigint not null,
  primary key (organization_id, day, model)
);
call app.protect('freehold.usage_daily', 'select, insert, update');

create table freehold.budgets (
  organization_id uuid not null references freehold.organizations on delete cascade,
  id uuid not null,
  scope text not null check (scope = 'organization'),
  limit_nanos bigint not null check (limit_nanos >= 0),
  settled_nanos bigint not null default 0 check (settled_nanos >= 0),
  held_nanos bigint not null default 0 check (held_nanos >= 0),
  budget_window text not null check (budget_window in ('day', 'month', 'lifetime')),
  hard boolean not null,
  window_started_at timestamptz not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (organization_id, id),
  unique (organization_id, scope)
);
call app.protect('freehold.budgets');

-- Calls under way: what each may cost at most, and what its record will say should its process be killed.
create table freehold.holds (
  organization_id uuid not null references freehold.organizations on delete cascade,
  request_id uuid not null,
  node_id uuid not null,
  amount_nanos bigint not null check (amount_nanos >= 0),
  call jsonb not null,
  created_at timestamptz not null,
  primary key (organization_id, request_id)
);
create index holds_node on freehold.holds (node_id);
call app.protect('freehold.holds');

-- ── knowledge ───────────────────────────────────────────────────────────────────────────────────────────────

create table freehold.collections (
  organization_id uuid not null references freehold.organizations on delete cascade,
  id uuid not null,
  name text not null check (length(name) between 1 and 120),
  created_at timestamptz not null,
  primary key (organization_id, id),
  unique (organization_id, name)
);
call app.protect('freehold.collections');

create table freehold.documents (
  organization_id uuid not null references freehold.organizations on delete cascade,
  id uuid not null,
  collection_id uuid not null,
  name text not null,
  media_type text not null,
  size_bytes bigint not null,
  sha256 text not null,
  storage_key text not null,
  status text not null check (status in ('queued', 'parsing', 'embedding', 'ready', 'failed')),
  progress_done integer not null default 0,
  progress_total integer,
  progress_unit text not null default 'pages' check (progress_unit in ('pages', 'passages')),
  page_count integer,
  passage_count integer not null default 0,
  failure_code text,
  failure_message text,
  failure_page integer,
  attempts integer not null default 0,
  node_id uuid,
  created_by uuid references freehold.users on delete set null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (organization_id, id),
  foreign key (organization_id, collection_id) references freehold.collections on delete cascade
);
create index documents_collection on freehold.documents (organization_id, collection_id, created_at desc);
create index documents_unfinished on freehold.documents (node_id) where status in ('queued', 'parsing', 'embedding');
call app.protect('freehold.documents');

create table freehold.passages (
  organization_id uuid not null references freehold.organizations on delete cascade,
  id uuid not null,
  document_id uuid not null,
  ordinal integer not null,
  text text not null,
  page integer,
  heading text,
  start_offset integer not null,
  end_offset integer not null,
  token_estimate integer not null,
  text_search tsvector generated always as
    (setweight(to_tsvector('english', coalesce(heading, '')), 'B') || setweight(to_tsvector('english', text), 'A')) stored,
  embedding halfvec,
  embedding_space text,
  primary key (organization_id, id),
  unique (organization_id, document_id, ordinal),
  foreign key (organization_id, document_id) references freehold.documents on delete cascade
);
create index passages_text on freehold.passages using gin (text_search);
call app.protect('freehold.passages');

-- ── conversations ───────────────────────────────────────────────────────────────────────────────────────────

create table freehold.conversations (
  organization_id uuid not null references freehold.organizations on delete cascade,
  id uuid not null,
  title_sealed text not null,
  preview_sealed text,
  created_by uuid,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (organization_id, id)
);
create index conversations_recent on freehold.conversations (organization_id, created_by, updated_at desc, id desc);
call app.protect('freehold.conversations');

create table freehold.messages (
  organization_id uuid not null references freehold.organizations on delete cascade,
  id uuid not null,
  conversation_id uuid not null,
  role text not null check (role in ('user', 'assistant')),
  content_sealed text not null,
  citations_sealed text not null,
  status text not null check (status in ('complete', 'streaming', 'stopped', 'failed', 'interrupted')),
  request_id uuid,
  model text,
  node_id uuid,
  -- Set once the passages for an answer are known: until then its citations are not empty but unknown.
  retrieved_at timestamptz,
  stop_requested boolean not null default false,
  error_code text,
  error_message text,
  created_at timestamptz not null,
  primary key (organization_id, id),
  foreign key (organization_id, conversation_id) references freehold.conversations on delete cascade
);
create index messages_conversation on freehold.messages (organization_id, conversation_id, id);
create index messages_streaming on freehold.messages (node_id) where status = 'streaming';
call app.protect('freehold.messages');

-- The pieces of an answer under way, kept before a reader sees them; folded into the message when it ends.
create table freehold.message_pieces (
  organization_id uuid not null references freehold.organizations on delete cascade,
  message_id uuid not null,
  start_offset integer not null,
  text_sealed text not null,
  primary key (organization_id, message_id, start_offset),
  foreign key (organization_id, message_id) references freehold.messages on delete cascade
);
call app.protect('freehold.message_pieces');

-- Full-text matching is not leakproof, so a policy would switch its index off. This one function looks past the
-- policies and filters by the organization of the claims itself; it has its own isolation test.
create function app.search_passages(
  query_text text,
  query_embedding halfvec,
  query_space text,
  collection_ids uuid[],
  document_ids uuid[],
  candidate_limit integer
) returns table (passage_id uuid, text_rank integer, vector_rank integer)
language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
  with allowed as materialized (
    select d.id
    from freehold.documents d
    where d.organization_id = (select app.organization_id())
      and d.status = 'ready'
      and (collection_ids is null or d.collection_id = any (collection_ids))
      and (document_ids is null or d.id = any (document_ids))
  ),
  asked as materialized (
    -- Any of the words may match; the rank rewards those that match more.
    select nullif(replace(plainto_tsquery('english', query_text)::text, '&', '|'), '')::tsquery as words
  ),
  by_text as (
    select p.id, row_number() over (order by ts_rank_cd(p.text_search, asked.words, 32) desc, p.id) as position
    from freehold.passages p, asked
    where p.organization_id = (select app.organization_id())
      and p.text_search @@ asked.words
      and p.document_id in (select id from allowed)
    order by position
    limit candidate_limit
  ),
  by_vector as (
    select p.id, row_number() over (order by p.embedding <=> query_embedding, p.id) as position
    from freehold.passages p
    where query_embedding is not null
      and p.organization_id = (select app.organization_id())
      and p.embedding_space = query_space
      and p.document_id in (select id from allowed)
    order by position
    limit candidate_limit
  )
  select coalesce(t.id, v.id), t.position::integer, v.position::integer
  from by_text t full join by_vector v on v.id = t.id
$$;
revoke all on function app.search_passages from public;
grant execute on function app.search_passages to freehold_tenant;

-- The definer function runs as its owner, whom forced policies would stop: this policy lets it read, and only it.
do $$
begin
  execute format('create policy search on freehold.passages for select to %I using (true)', current_user);
  execute format('create policy search on freehold.documents for select to %I using (true)', current_user);
end
$$;
