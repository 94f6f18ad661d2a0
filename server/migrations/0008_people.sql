-- Changes of the address that a person signs in with, and where a new session of theirs acts.

-- Asked for, until the new address is confirmed; then kept while the old one can still take it back, and is given to
-- nobody else. Only hashes of the links' tokens are kept.
create table freehold.address_changes (
  id uuid primary key,
  user_id uuid not null references freehold.users on delete cascade,
  old_email text not null,
  new_email text not null,
  confirm_hash text not null unique,
  confirm_until timestamptz not null,
  -- Null where nobody had confirmed the old address: it may be a stranger's, who must not get the account back.
  stop_hash text unique,
  stop_until timestamptz not null,
  created_at timestamptz not null,
  confirmed_at timestamptz
);
create index address_changes_user on freehold.address_changes (user_id);
create index address_changes_old on freehold.address_changes (lower(old_email));
create index address_changes_expiry on freehold.address_changes (stop_until);
grant select, insert, update, delete on freehold.address_changes to freehold_app;

-- A session ends and is forgotten; where its person acted last is not. No wall: they may have left since.
alter table freehold.users add column last_organization_id uuid references freehold.organizations on delete set null;
create index users_last_organization on freehold.users (last_organization_id);

-- Where letters reach nobody the link is shown to whoever invites. What they have seen proves nobody's address.
alter table freehold.invitations add column link_shown boolean not null default false;
