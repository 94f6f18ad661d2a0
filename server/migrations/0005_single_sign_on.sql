-- Signing in through an organization's own identity provider, and people and groups kept by it (SCIM).

create table freehold.sign_in_domains (
  organization_id uuid not null references freehold.organizations on delete cascade,
  id uuid not null,
  domain text not null check (domain = lower(domain) and length(domain) <= 253),
  -- Public: it stands in the domain's own DNS records.
  token text not null,
  created_by uuid references freehold.users on delete set null,
  created_at timestamptz not null,
  verified_at timestamptz,
  primary key (organization_id, id),
  unique (organization_id, domain)
);
-- Whose people an address belongs to has one answer in an installation.
create unique index sign_in_domains_verified on freehold.sign_in_domains (domain) where verified_at is not null;
call app.protect('freehold.sign_in_domains');

-- One for an organization. Another issuer is another connection: what the old one said of people counts no more.
create table freehold.sign_in_connections (
  organization_id uuid not null references freehold.organizations on delete cascade,
  id uuid not null,
  issuer text not null check (length(issuer) <= 500),
  client_id text not null check (length(client_id) <= 500),
  -- Sealed for this row.
  client_secret_sealed text not null,
  default_role text not null check (default_role in ('member', 'guest')),
  -- Whether people of its domains can sign in by nothing else; owners can.
  required boolean not null,
  enabled boolean not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (organization_id, id),
  unique (organization_id)
);
call app.protect('freehold.sign_in_connections');

-- Who a subject of the identity provider is here.
create table freehold.sign_in_identities (
  organization_id uuid not null references freehold.organizations on delete cascade,
  id uuid not null,
  connection_id uuid not null,
  subject text not null check (length(subject) <= 500),
  user_id uuid not null references freehold.users on delete cascade,
  created_at timestamptz not null,
  last_used_at timestamptz not null,
  primary key (organization_id, id),
  unique (organization_id, connection_id, subject),
  foreign key (organization_id, connection_id)
    references freehold.sign_in_connections (organization_id, id) on delete cascade
);
create index sign_in_identities_user on freehold.sign_in_identities (user_id);
call app.protect('freehold.sign_in_identities');

-- People as the identity provider describes them. Whether one is active is whether they are a member.
create table freehold.scim_users (
  organization_id uuid not null references freehold.organizations on delete cascade,
  id uuid not null,
  user_id uuid not null references freehold.users on delete cascade,
  user_name text not null check (length(user_name) <= 254),
  email text not null check (email = lower(email) and length(email) <= 254),
  external_id text check (length(external_id) <= 500),
  -- Everything else it says of them, in SCIM's own words.
  attributes jsonb not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (organization_id, id),
  unique (organization_id, user_id)
);
create unique index scim_users_name on freehold.scim_users (organization_id, lower(user_name));
create index scim_users_external on freehold.scim_users (organization_id, external_id);
create index scim_users_email on freehold.scim_users (organization_id, email);
create index scim_users_person on freehold.scim_users (user_id);
call app.protect('freehold.scim_users');

create table freehold.scim_groups (
  organization_id uuid not null references freehold.organizations on delete cascade,
  id uuid not null,
  display_name text not null check (length(display_name) between 1 and 200),
  external_id text check (length(external_id) <= 500),
  -- The role its members have: one of these, or none.
  role text check (role in ('admin', 'member', 'guest')),
  custom_role_id uuid,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (organization_id, id),
  foreign key (organization_id, custom_role_id)
    references freehold.roles (organization_id, id) on delete set null (custom_role_id),
  check (role is null or custom_role_id is null)
);
create unique index scim_groups_name on freehold.scim_groups (organization_id, lower(display_name));
create index scim_groups_custom_role on freehold.scim_groups (organization_id, custom_role_id);
call app.protect('freehold.scim_groups');

create table freehold.scim_group_members (
  organization_id uuid not null references freehold.organizations on delete cascade,
  group_id uuid not null,
  scim_user_id uuid not null,
  created_at timestamptz not null,
  primary key (organization_id, group_id, scim_user_id),
  foreign key (organization_id, group_id)
    references freehold.scim_groups (organization_id, id) on delete cascade,
  foreign key (organization_id, scim_user_id)
    references freehold.scim_users (organization_id, id) on delete cascade
);
create index scim_group_members_user on freehold.scim_group_members (organization_id, scim_user_id);
call app.protect('freehold.scim_group_members');
