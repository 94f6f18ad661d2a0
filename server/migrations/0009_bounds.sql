-- A key that a key made ends with it: whoever stole the one could have made the other.
alter table freehold.api_keys
  -- The key that made this one. A key that replaced itself made its successor.
  add made_with uuid,
  add foreign key (organization_id, made_with)
    references freehold.api_keys (organization_id, id) on delete cascade;
create index api_keys_made_with on freehold.api_keys (organization_id, made_with);

-- An invitation ends with the key that sent it, and with the account of the person who did: nobody answers for it then.
alter table freehold.invitations
  add invited_with uuid,
  add foreign key (organization_id, invited_with)
    references freehold.api_keys (organization_id, id) on delete cascade,
  drop constraint invitations_invited_by_fkey,
  add foreign key (invited_by) references freehold.users on delete cascade;
create index invitations_invited_with on freehold.invitations (organization_id, invited_with);
create index invitations_invited_by on freehold.invitations (invited_by);

-- Who made an organization, so that nobody makes them without end. Not whose it is now: that, others can decide.
alter table freehold.organizations add created_by uuid references freehold.users on delete set null;
create index organizations_created_by on freehold.organizations (created_by);
