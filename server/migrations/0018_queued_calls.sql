-- Calls that are answered later: what was asked, sealed, until it is answered; the answer, sealed, until it is thrown away.
create table freehold.queued_calls (
  organization_id uuid not null references freehold.organizations on delete cascade,
  -- The request id of the call that asked for it.
  id uuid not null,
  -- Who asked: a person by a session, or a key, whose service account stands beside it.
  user_id uuid,
  api_key_id uuid,
  service_account_id uuid,
  -- Names its usage record: the id, unless the server stopped in the middle of an answer.
  request_id uuid not null,
  status text not null check (status in ('waiting', 'running', 'completed', 'failed', 'cancelled')),
  tries integer not null default 0,
  request_sealed text,
  result_sealed text,
  error_code text,
  webhook_sealed text,
  webhook_status text check (webhook_status in ('waiting', 'delivered', 'failed', 'stopped')),
  webhook_tries integer not null default 0,
  -- What the receiver answered last; null where nobody did.
  webhook_answer integer,
  webhook_at timestamptz,
  created_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz,
  expires_at timestamptz not null,
  primary key (organization_id, id),
  foreign key (organization_id, user_id)
    references freehold.memberships (organization_id, user_id) on delete cascade,
  foreign key (organization_id, service_account_id)
    references freehold.service_accounts (organization_id, id) on delete cascade,
  foreign key (organization_id, api_key_id)
    references freehold.api_keys (organization_id, id) on delete cascade,
  check (num_nonnulls(user_id, api_key_id) <= 1)
);
create index queued_calls_expiry on freehold.queued_calls (expires_at);
create index queued_calls_user on freehold.queued_calls (organization_id, user_id, id desc);
create index queued_calls_service_account on freehold.queued_calls (organization_id, service_account_id, id desc);
create index queued_calls_api_key on freehold.queued_calls (organization_id, api_key_id, id desc);
create index queued_calls_unfinished on freehold.queued_calls (organization_id)
  where status in ('waiting', 'running');
call app.protect('freehold.queued_calls');

-- What news to an organization's own addresses is signed with. A replaced one signs beside the new one until it ends.
create table freehold.webhook_secrets (
  organization_id uuid not null references freehold.organizations on delete cascade,
  id uuid not null,
  secret_sealed text not null,
  created_at timestamptz not null,
  ends_at timestamptz,
  primary key (organization_id, id)
);
call app.protect('freehold.webhook_secrets');
