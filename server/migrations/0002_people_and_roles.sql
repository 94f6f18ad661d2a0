-- Operators, roles that an organization makes for itself, service accounts, finer API keys, repeated requests, mail.

alter table freehold.users add super_admin boolean not null default false;

-- ── organizations ───────────────────────────────────────────────────────────────────────────────────────────

-- A role made at run time: a name for a list of permissions. Whether each exists is the program's to know.
create table freehold.roles (
  organization_id uuid not null references freehold.organizations on delete cascade,
  id uuid not null,
  name text not null check (length(name) between 1 and 60),
  description text not null default '' check (length(description) <= 500),
  permissions text[] not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (organization_id, id)
);
create unique index roles_name on freehold.roles (organization_id, lower(name));
call app.protect('freehold.roles');

-- With a custom role a member has its permissions instead of those of the built-in one, which is then `member`.
alter table freehold.memberships
  add custom_role_id uuid,
  add foreign key (organization_id, custom_role_id) references freehold.roles (organization_id, id),
  add check (custom_role_id is null or role = 'member');
create index memberships_custom_role on freehold.memberships (organization_id, custom_role_id);

-- A machine's identity that belongs to the organization, and stays when the person who made it leaves.
create table freehold.service_accounts (
  organization_id uuid not null references freehold.organizations on delete cascade,
  id uuid not null,
  name text not null check (length(name) between 1 and 120),
  description text not null default '' check (length(description) <= 500),
  role text not null check (role in ('admin', 'member', 'guest')),
  custom_role_id uuid,
  created_by uuid references freehold.users on delete set null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  disabled_at timestamptz,
  primary key (organization_id, id),
  foreign key (organization_id, custom_role_id) references freehold.roles (organization_id, id),
  check (custom_role_id is null or role = 'member')
);
create unique index service_accounts_name on freehold.service_accounts (organization_id, lower(name));
call app.protect('freehold.service_accounts');

-- Deleted organizations can be restored for a while; nobody acts in them meanwhile.
alter table freehold.organizations
  add deleted_at timestamptz,
  add deleted_by uuid references freehold.users on delete set null,
  add settings jsonb not null default '{}';

-- ── api-keys ────────────────────────────────────────────────────────────────────────────────────────────────

alter table freehold.api_keys
  -- The person whose key it is: it never holds more than they do now, and goes when they leave.
  add user_id uuid references freehold.users on delete cascade,
  -- Or the service account.
  add service_account_id uuid,
  add foreign key (organization_id, service_account_id)
    references freehold.service_accounts (organization_id, id) on delete cascade,
  add check (user_id is null or service_account_id is null),
  -- Null is everything its owner may do.
  add scopes text[],
  -- Null is everywhere.
  add allowed_ips cidr[],
  add requests_per_minute integer check (requests_per_minute > 0),
  -- The key that replaces this one; until expires_at both work.
  add rotated_to uuid;
create index api_keys_user on freehold.api_keys (user_id);
create index api_keys_service_account on freehold.api_keys (organization_id, service_account_id);

-- ── repeated requests ───────────────────────────────────────────────────────────────────────────────────────

-- What a request with an Idempotency-Key was answered, sealed, so that its repetition has no second effect.
create table freehold.idempotency_keys (
  -- The organization, or the person where a request has none.
  owner_id uuid not null,
  key_hash text not null,
  request_hash text not null,
  -- Null while the first request is at work.
  status integer,
  headers jsonb,
  body_sealed text,
  node_id uuid not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  primary key (owner_id, key_hash)
);
create index idempotency_keys_expiry on freehold.idempotency_keys (expires_at);
grant select, insert, update, delete on freehold.idempotency_keys to freehold_app;

-- ── mail ────────────────────────────────────────────────────────────────────────────────────────────────────

-- Where mail lands while no mail server is configured. Texts are sealed: they carry links that sign people in.
create table freehold.outbox_mails (
  id uuid primary key,
  recipient text not null,
  subject text not null,
  content_sealed text not null,
  created_at timestamptz not null
);
create index outbox_mails_time on freehold.outbox_mails (created_at);
grant select, insert, delete on freehold.outbox_mails to freehold_app;
