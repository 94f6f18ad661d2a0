-- Prepaid credits: grants, what became of each, and the balance, which is one more budget that calls are held in.

-- Its limit is what was granted less what was revoked or has expired; it is there from the first grant on.
alter table freehold.budgets
  add credits boolean not null default false,
  add check (not credits or (hard and budget_window = 'lifetime' and time_zone = 'UTC' and num_nonnulls(
    user_id, api_key_id, service_account_id, project_id, model, tag) = 0));
drop index freehold.budgets_part;
create unique index budgets_part on freehold.budgets
  (organization_id, user_id, api_key_id, service_account_id, project_id, model, tag, budget_window, credits) nulls not distinct;

create table freehold.credit_grants (
  organization_id uuid not null references freehold.organizations on delete cascade,
  id uuid not null,
  amount_nanos bigint not null check (amount_nanos > 0),
  -- What calls have used of it, as far as it was reckoned.
  used_nanos bigint not null default 0 check (used_nanos >= 0),
  revoked_nanos bigint not null default 0 check (revoked_nanos >= 0),
  expired_nanos bigint not null default 0 check (expired_nanos >= 0),
  expires_at timestamptz,
  note text not null default '' check (length(note) <= 500),
  granted_by uuid references freehold.users on delete set null,
  created_at timestamptz not null,
  primary key (organization_id, id),
  check (used_nanos + revoked_nanos + expired_nanos <= amount_nanos)
);
create index credit_grants_expiry on freehold.credit_grants (expires_at) where expires_at is not null;
create index credit_grants_granted_by on freehold.credit_grants (granted_by) where granted_by is not null;
call app.protect('freehold.credit_grants', 'select, insert, update');

-- Each change of the balance that is no call's. Never changed.
create table freehold.credit_entries (
  organization_id uuid not null references freehold.organizations on delete cascade,
  id uuid not null,
  grant_id uuid not null,
  kind text not null check (kind in ('grant', 'revocation', 'expiry')),
  -- Signed.
  amount_nanos bigint not null,
  -- What was left with it, beside what calls under way held.
  balance_nanos bigint not null,
  note text not null default '' check (length(note) <= 500),
  created_by uuid references freehold.users on delete set null,
  created_at timestamptz not null,
  primary key (organization_id, id),
  foreign key (organization_id, grant_id) references freehold.credit_grants (organization_id, id) on delete cascade
);
create index credit_entries_grant on freehold.credit_entries (organization_id, grant_id);
create index credit_entries_created_by on freehold.credit_entries (created_by) where created_by is not null;
call app.protect('freehold.credit_entries', 'select, insert');
