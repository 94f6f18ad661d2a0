-- What stays in the books, and what goes from them, when an organization or a person is erased.

-- What erased organizations have cost, summed so far that it tells of no call and nobody. No tenant has a right to it.
create table freehold.erased_usage (
  -- The id that the organization had: it stands nowhere else any more.
  erased_organization_id uuid not null,
  day date not null,
  purpose text not null,
  provider text not null,
  model text not null,
  price_version text not null,
  calls bigint not null,
  prompt_tokens bigint not null,
  cached_tokens bigint not null,
  completion_tokens bigint not null,
  reasoning_tokens bigint not null,
  cost_nanos bigint not null,
  -- Of the calls of which the provider reported a cost.
  reported_cost_nanos bigint,
  erased_at timestamptz not null,
  primary key (erased_organization_id, day, purpose, provider, model, price_version)
);
grant select, insert on freehold.erased_usage to freehold_app;

-- A person whose account is deleted goes from the books and the audit logs; what it was about stays.
grant update (user_id, api_key_id) on freehold.usage_records to freehold_app;
grant update (changes, ip, user_agent) on freehold.audit_entries to freehold_app;
create index usage_records_person on freehold.usage_records (user_id) where user_id is not null;
create index audit_entries_actor on freehold.audit_entries (actor_id) where actor_id is not null;
create index audit_entries_email on freehold.audit_entries ((changes ->> 'email')) where changes ? 'email';
create index conversations_person on freehold.conversations (created_by);
