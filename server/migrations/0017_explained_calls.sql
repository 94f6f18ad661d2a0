-- What it takes to explain a call to the last nano-dollar, and to find calls by who made them.

alter table freehold.usage_records
  -- What the price's three rates do not say: tokens written to a cache, fees, the rates of a long input. Null for most.
  add cost_terms jsonb,
  -- The budgets it counted in, as they stood when it was recorded: [{"id", "about", "hard", "window", "limitNanos", "leftNanos"}].
  add budgets jsonb;

create index usage_records_member on freehold.usage_records (organization_id, user_id, created_at desc, request_id desc)
  where user_id is not null;
create index usage_records_key on freehold.usage_records (organization_id, api_key_id, created_at desc, request_id desc)
  where api_key_id is not null;
