-- What a server process may spend of a hard budget without asking: a part of what the budget holds.
create table freehold.leases (
  organization_id uuid not null,
  budget_id uuid not null,
  node_id uuid not null,
  amount_nanos bigint not null check (amount_nanos >= 0),
  -- Another process needs it: what is not in use goes back.
  recalled boolean not null default false,
  -- When what was not in use went back for that: what is left is in use.
  answered_at timestamptz,
  -- By the clock of the database, the one that all processes share.
  expires_at timestamptz not null,
  primary key (organization_id, budget_id, node_id),
  -- And none to the organization: who moves a budget has locked it, and must not wait for whoever locks the organization first.
  foreign key (organization_id, budget_id) references freehold.budgets (organization_id, id) on delete cascade
);
create index leases_node on freehold.leases (node_id);
create index leases_expiry on freehold.leases (expires_at);
call app.protect('freehold.leases');
