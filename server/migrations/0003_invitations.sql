-- Invitations by e-mail. The token is in the letter alone; here is its hash, which opens nothing.

create table freehold.invitations (
  organization_id uuid not null references freehold.organizations on delete cascade,
  id uuid not null,
  email text not null check (email = lower(email) and length(email) <= 254),
  role text not null check (role in ('owner', 'admin', 'member', 'guest')),
  custom_role_id uuid,
  token_hash text not null unique,
  invited_by uuid references freehold.users on delete set null,
  created_at timestamptz not null,
  -- When the newest letter went; each makes the one before worthless.
  sent_at timestamptz not null,
  expires_at timestamptz not null,
  accepted_at timestamptz,
  accepted_by uuid references freehold.users on delete set null,
  revoked_at timestamptz,
  primary key (organization_id, id),
  -- A role that an open invitation gives is in use and stays; those that are over go with it.
  foreign key (organization_id, custom_role_id)
    references freehold.roles (organization_id, id) on delete cascade,
  check (custom_role_id is null or role = 'member')
);
-- One open invitation for an address.
create unique index invitations_open on freehold.invitations (organization_id, email)
  where accepted_at is null and revoked_at is null;
create index invitations_custom_role on freehold.invitations (organization_id, custom_role_id);
call app.protect('freehold.invitations');
