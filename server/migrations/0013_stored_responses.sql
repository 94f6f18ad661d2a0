-- Answers of /v1/responses that the caller may go on from: what was asked and answered in one turn, sealed.
create table freehold.stored_responses (
  organization_id uuid not null references freehold.organizations on delete cascade,
  -- The request id of the call, which names its usage record too.
  id uuid not null,
  -- The turn before. No foreign key: a turn may be deleted while later ones stand, and they then say so.
  previous_id uuid,
  -- Whose it is, one of the three: nobody else's calls find it. A service account's keys have it in common.
  user_id uuid,
  service_account_id uuid,
  api_key_id uuid,
  input_sealed text not null,
  answer_sealed text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  primary key (organization_id, id),
  foreign key (organization_id, user_id)
    references freehold.memberships (organization_id, user_id) on delete cascade,
  foreign key (organization_id, service_account_id)
    references freehold.service_accounts (organization_id, id) on delete cascade,
  foreign key (organization_id, api_key_id)
    references freehold.api_keys (organization_id, id) on delete cascade,
  check (num_nonnulls(user_id, service_account_id, api_key_id) <= 1)
);
create index stored_responses_expiry on freehold.stored_responses (expires_at);
create index stored_responses_user on freehold.stored_responses (organization_id, user_id, id desc);
create index stored_responses_service_account on freehold.stored_responses (organization_id, service_account_id);
create index stored_responses_api_key on freehold.stored_responses (organization_id, api_key_id);
call app.protect('freehold.stored_responses');
