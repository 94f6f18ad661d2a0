-- Corrected prices as entries of their own, and seals by which any edit of past records is found.

-- What an operator corrects: which calls, and what their model's tokens really cost.
create table freehold.usage_corrections (
  id uuid primary key,
  model text not null,
  -- Null: whoever provided it.
  provider text,
  -- Calls that ended at or after, and before.
  from_time timestamptz not null,
  to_time timestamptz not null,
  input_nanos_per_million bigint not null check (input_nanos_per_million >= 0),
  cached_input_nanos_per_million bigint not null check (cached_input_nanos_per_million >= 0),
  output_nanos_per_million bigint not null check (output_nanos_per_million >= 0),
  reason text not null check (length(reason) between 1 and 500),
  created_by uuid references freehold.users on delete set null,
  created_at timestamptz not null,
  -- Null while entries are being added.
  finished_at timestamptz
);
create index usage_corrections_created_by on freehold.usage_corrections (created_by);
grant select, insert, update on freehold.usage_corrections to freehold_app;

-- What a correction adds to the cost of one call. Like the call's record, it is never changed.
create table freehold.usage_adjustments (
  organization_id uuid not null references freehold.organizations on delete cascade,
  id uuid not null,
  -- Of freehold.usage_corrections, which stand outside the wall.
  correction_id uuid not null,
  request_id uuid not null,
  -- Signed, as is the part of it that budgets do not count.
  amount_nanos bigint not null,
  uncounted_nanos bigint not null,
  input_nanos_per_million bigint not null,
  cached_input_nanos_per_million bigint not null,
  output_nanos_per_million bigint not null,
  reason text not null,
  created_at timestamptz not null,
  primary key (organization_id, id),
  -- A correction that is repeated adds nothing twice.
  unique (organization_id, request_id, correction_id),
  foreign key (organization_id, request_id)
    references freehold.usage_records (organization_id, request_id) on delete cascade
);
create index usage_adjustments_time on freehold.usage_adjustments (organization_id, created_at desc, id desc);
create index usage_adjustments_correction on freehold.usage_adjustments (correction_id);
call app.protect('freehold.usage_adjustments', 'select, insert');

-- What records said when they were sealed, as authentication codes under a key that the database does not have. The seals
-- of an organization are a chain: each has the digest of the one before it in its own.
create table freehold.usage_seals (
  organization_id uuid not null references freehold.organizations on delete cascade,
  sequence bigint not null,
  -- A day that was closed, calls that were recorded after theirs was, or adjusting entries.
  kind text not null check (kind in ('day', 'late', 'adjustments')),
  day date not null,
  sealed_at timestamptz not null,
  -- The master key that the key of the codes is derived from.
  key_id text not null,
  -- The columns that are sealed, in their order.
  columns text not null,
  -- Of each record: sixteen bytes of its id, sixteen of the code of what it says.
  entries bytea not null,
  -- Of each, in the same order: sixteen bytes of the code of who made the call, which erasure replaces.
  people bytea not null,
  digest bytea not null,
  primary key (organization_id, sequence)
);
create index usage_seals_day on freehold.usage_seals (organization_id, day);
call app.protect('freehold.usage_seals', 'select, insert');
grant update (people) on freehold.usage_seals to freehold_app;

-- Until when the books of all organizations are closed: no record up to there may come without a seal. A chain as well.
create table freehold.book_closings (
  through_day date primary key,
  closed_at timestamptz not null,
  key_id text not null,
  digest bytea not null
);
grant select, insert on freehold.book_closings to freehold_app;
