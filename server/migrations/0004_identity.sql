-- What belongs to a person and to no organization: one-time links, second factors, passkeys, the places they sign in
-- from, and the record of what happened to their account.

-- Null until the session is used for the first time after it was opened.
alter table freehold.sessions add last_used_at timestamptz;

-- Links in letters and steps of a sign-in. Only the hash is kept: the database alone opens nothing.
create table freehold.one_time_tokens (
  id uuid primary key,
  -- Null while nobody is known yet.
  user_id uuid references freehold.users on delete cascade,
  purpose text not null,
  token_hash text not null unique,
  -- What must not be read or changed between the steps, sealed for this row.
  data_sealed text,
  failures integer not null default 0,
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create index one_time_tokens_user on freehold.one_time_tokens (user_id, purpose);
create index one_time_tokens_expiry on freehold.one_time_tokens (expires_at);
grant select, insert, update, delete on freehold.one_time_tokens to freehold_app;

create table freehold.second_factors (
  user_id uuid primary key references freehold.users on delete cascade,
  secret_sealed text not null,
  -- Null until the person has shown a first code.
  confirmed_at timestamptz,
  -- The newest time step whose code was used: it and all before it are spent.
  last_step bigint,
  created_at timestamptz not null
);
grant select, insert, update, delete on freehold.second_factors to freehold_app;

create table freehold.recovery_codes (
  id uuid primary key,
  user_id uuid not null references freehold.users on delete cascade,
  code_hash text not null,
  created_at timestamptz not null,
  used_at timestamptz
);
create unique index recovery_codes_hash on freehold.recovery_codes (user_id, code_hash);
grant select, insert, update, delete on freehold.recovery_codes to freehold_app;

create table freehold.passkeys (
  id uuid primary key,
  user_id uuid not null references freehold.users on delete cascade,
  credential_id text not null unique,
  public_key text not null,
  counter bigint not null,
  transports text[] not null,
  backed_up boolean not null,
  name text not null check (length(name) between 1 and 60),
  created_at timestamptz not null,
  last_used_at timestamptz
);
create index passkeys_user on freehold.passkeys (user_id);
grant select, insert, update, delete on freehold.passkeys to freehold_app;

-- Browsers and networks a person has signed in from. Nobody else's wrong guesses lock them out there.
create table freehold.known_devices (
  id uuid primary key,
  user_id uuid not null references freehold.users on delete cascade,
  token_hash text not null unique,
  ip_prefix text,
  created_at timestamptz not null,
  last_used_at timestamptz not null
);
create index known_devices_user on freehold.known_devices (user_id, ip_prefix);
create index known_devices_use on freehold.known_devices (last_used_at);
grant select, insert, update, delete on freehold.known_devices to freehold_app;

-- The audit log of a person, beside those of their organizations.
create table freehold.account_events (
  id uuid primary key,
  user_id uuid not null references freehold.users on delete cascade,
  action text not null,
  details jsonb not null default '{}',
  ip text,
  user_agent text,
  request_id uuid not null,
  created_at timestamptz not null
);
create index account_events_user on freehold.account_events (user_id, id);
grant select, insert, delete on freehold.account_events to freehold_app;
