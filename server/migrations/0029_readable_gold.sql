-- Gold questions and evaluations of a collection are read by whoever reads the collection.
create policy readable on freehold.gold_questions as restrictive for select to freehold_tenant
  using (not (collection_id = any ((select app.closed_collections())::uuid[])));
create policy readable on freehold.evaluations as restrictive for select to freehold_tenant
  using (not (collection_id = any ((select app.closed_collections())::uuid[])));
-- The questions that the reader sees are those of open collections.
create policy readable on freehold.gold_passages as restrictive for select to freehold_tenant
  using (
    (select app.closed_collections()) = '{}'
    or exists (
      select from freehold.gold_questions q
      where q.organization_id = gold_passages.organization_id and q.id = gold_passages.question_id
    )
  );
