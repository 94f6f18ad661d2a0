-- What calls were priced at beside what their providers reported, a day at a time: the operator's own account, of no organization.
create table freehold.cost_comparisons (
  day date not null,
  provider text not null,
  model text not null,
  -- Tells the list's price from an operator's own, and the margin on either.
  price_version text not null,
  calls bigint not null check (calls > 0),
  computed_nanos bigint not null,
  reported_nanos bigint not null,
  compared_at timestamptz not null,
  primary key (day, provider, model, price_version)
);
grant select, insert, update on freehold.cost_comparisons to freehold_app;
