-- A call that is answered with what another one was being answered, and what an answer that is given again had cost.
alter table freehold.usage_records drop constraint usage_records_cache_check;
alter table freehold.usage_records add constraint usage_records_cache_check
  check (cache in ('miss', 'hit', 'shared')) not valid;
alter table freehold.usage_records validate constraint usage_records_cache_check;
alter table freehold.usage_records add column saved_nanos bigint not null default 0 check (saved_nanos >= 0);
