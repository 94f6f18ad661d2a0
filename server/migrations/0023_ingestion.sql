-- Documents from the web, documents read only in part, passages told apart by their text, and collections with settings
-- and readers of their own.

alter table freehold.documents
  -- Where it was fetched from, and what that server gave to ask later whether it has changed. Null for an upload.
  add source_url text check (length(source_url) <= 2048),
  add source_etag text check (length(source_etag) <= 1000),
  add source_modified text check (length(source_modified) <= 100),
  add fetched_at timestamptz,
  -- ISO 639-1; null before it is read, and where too little text tells.
  add language text check (length(language) between 2 and 20),
  -- What of it could not be read: [{ code, message, pages }].
  add warnings jsonb not null default '[]';

-- Of the heading and the text: a passage whose hash stays keeps its vector when its document is read again.
alter table freehold.passages add text_hash text;

alter table freehold.collections
  add target_tokens integer not null default 220 check (target_tokens between 60 and 1000),
  add overlap_tokens integer not null default 0 check (overlap_tokens >= 0),
  add access text not null default 'organization' check (access in ('organization', 'restricted')),
  add check (overlap_tokens <= target_tokens / 2);

-- Who may read a restricted collection, beside the owners: a role, one of the organization's own roles, or a person.
create table freehold.collection_readers (
  organization_id uuid not null references freehold.organizations on delete cascade,
  id uuid not null,
  collection_id uuid not null,
  role text check (role in ('admin', 'member', 'guest')),
  custom_role_id uuid,
  user_id uuid,
  primary key (organization_id, id),
  foreign key (organization_id, collection_id) references freehold.collections on delete cascade,
  foreign key (organization_id, custom_role_id) references freehold.roles (organization_id, id) on delete cascade,
  foreign key (organization_id, user_id)
    references freehold.memberships (organization_id, user_id) on delete cascade,
  -- One that names none lets nobody in.
  check (num_nonnulls(role, custom_role_id, user_id) <= 1)
);
create unique index collection_readers_once on freehold.collection_readers
  (organization_id, collection_id, role, custom_role_id, user_id) nulls not distinct;
call app.protect('freehold.collection_readers');

-- The collections of the claims' organization that their bearer may not read. A person, or a key of theirs, reads by
-- their role and their name; a service account by its role; a key of the installation as an administrator; the
-- organization itself, in background work for nobody in particular, everything. Claims that name nobody read what is
-- open to all. It looks past the policies, since the policies ask it.
create function app.closed_collections() returns uuid[]
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  with claims as (
    select nullif(current_setting('request.jwt.claims', true), '')::jsonb as given
  ),
  asker as (
    select m.user_id,
           coalesce(m.role, s.role, case when k.user_id is null and k.service_account_id is null and k.id is not null
                                         then 'admin' end) as role,
           coalesce(m.custom_role_id, s.custom_role_id) as custom_role_id,
           coalesce(claims.given ->> 'caller' = 'system' and claims.given ->> 'sub' is null, false) as everything
    from claims
    left join freehold.api_keys k
      on k.organization_id = (select app.organization_id()) and k.id = (claims.given ->> 'api_key_id')::uuid
    left join freehold.memberships m
      on m.organization_id = (select app.organization_id())
      and m.user_id = coalesce(k.user_id, (claims.given ->> 'sub')::uuid)
    left join freehold.service_accounts s
      on s.organization_id = (select app.organization_id()) and s.id = k.service_account_id
  )
  select coalesce(array_agg(c.id), '{}')
  from freehold.collections c, asker
  where c.organization_id = (select app.organization_id())
    and c.access = 'restricted'
    and not asker.everything
    and asker.role is distinct from 'owner'
    and not exists (
      select from freehold.collection_readers r
      where r.organization_id = c.organization_id
        and r.collection_id = c.id
        and (r.user_id = asker.user_id
          or r.custom_role_id = asker.custom_role_id
          or (r.role = asker.role and asker.custom_role_id is null))
    )
$$;
revoke all on function app.closed_collections from public;
grant execute on function app.closed_collections to freehold_tenant;

do $$
begin
  execute format('create policy readers on freehold.collections for select to %I using (true)', current_user);
  execute format('create policy readers on freehold.collection_readers for select to %I using (true)', current_user);
  execute format('create policy readers on freehold.memberships for select to %I using (true)', current_user);
  execute format('create policy readers on freehold.api_keys for select to %I using (true)', current_user);
  execute format('create policy readers on freehold.service_accounts for select to %I using (true)', current_user);
end
$$;

-- Inside the organization's wall a second one: whoever may not read a collection sees neither it nor anything in it.
create policy readable on freehold.collections as restrictive for select to freehold_tenant
  using (not (id = any ((select app.closed_collections())::uuid[])));
create policy readable on freehold.documents as restrictive for select to freehold_tenant
  using (not (collection_id = any ((select app.closed_collections())::uuid[])));
-- The documents that the reader sees are those of open collections.
create policy readable on freehold.passages as restrictive for select to freehold_tenant
  using (
    (select app.closed_collections()) = '{}'
    or exists (
      select from freehold.documents d
      where d.organization_id = passages.organization_id and d.id = passages.document_id
    )
  );

create or replace function app.search_passages(
  query_text text,
  query_embedding halfvec,
  query_space text,
  collection_ids uuid[],
  document_ids uuid[],
  candidate_limit integer
) returns table (passage_id uuid, text_rank integer, vector_rank integer)
language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
  with allowed as materialized (
    select d.id
    from freehold.documents d
    where d.organization_id = (select app.organization_id())
      and d.status = 'ready'
      and not (d.collection_id = any ((select app.closed_collections())::uuid[]))
      and (collection_ids is null or d.collection_id = any (collection_ids))
      and (document_ids is null or d.id = any (document_ids))
  ),
  asked as materialized (
    -- Any of the words may match; the rank rewards those that match more.
    select nullif(replace(plainto_tsquery('english', query_text)::text, '&', '|'), '')::tsquery as words
  ),
  by_text as (
    select p.id, row_number() over (order by ts_rank_cd(p.text_search, asked.words, 32) desc, p.id) as position
    from freehold.passages p, asked
    where p.organization_id = (select app.organization_id())
      and p.text_search @@ asked.words
      and p.document_id in (select id from allowed)
    order by position
    limit candidate_limit
  ),
  by_vector as (
    select p.id, row_number() over (order by p.embedding <=> query_embedding, p.id) as position
    from freehold.passages p
    where query_embedding is not null
      and p.organization_id = (select app.organization_id())
      and p.embedding_space = query_space
      and p.document_id in (select id from allowed)
    order by position
    limit candidate_limit
  )
  select coalesce(t.id, v.id), t.position::integer, v.position::integer
  from by_text t full join by_vector v on v.id = t.id
$$;
