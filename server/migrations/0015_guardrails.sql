-- What may go to models and come from them, and what a call's guards found.

create table freehold.guardrail_policies (
  organization_id uuid not null references freehold.organizations on delete cascade,
  id uuid not null,
  -- The alias or model, as callers name it, whose calls it is for; null for all of the organization's.
  model text check (length(model) between 1 and 200),
  -- The guards that it speaks of: {"pii": {"action", …}, …}.
  guards jsonb not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (organization_id, id),
  unique nulls not distinct (organization_id, model)
);
call app.protect('freehold.guardrail_policies');

-- Null where no guard found anything: [{"guard", "stage", "action", "count", "score", "kinds"}], never a text.
alter table freehold.usage_records add guardrails jsonb;
