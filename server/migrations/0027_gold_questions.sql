-- Gold questions: what a collection is asked, and the passages that answer it. A passage is told by its document and a
-- quote, because the passages of a document that is read again are new ones.

create table freehold.gold_questions (
  organization_id uuid not null references freehold.organizations on delete cascade,
  id uuid not null,
  collection_id uuid not null,
  question text not null check (length(question) between 1 and 2000),
  created_by uuid references freehold.users on delete set null,
  created_at timestamptz not null,
  primary key (organization_id, id),
  foreign key (organization_id, collection_id) references freehold.collections on delete cascade
);
-- By a digest, because a question may be longer than an entry of an index.
create unique index gold_questions_question on freehold.gold_questions (organization_id, collection_id, md5(question));
create index gold_questions_created_by on freehold.gold_questions (created_by) where created_by is not null;
call app.protect('freehold.gold_questions');

create table freehold.gold_passages (
  organization_id uuid not null references freehold.organizations on delete cascade,
  id uuid not null,
  question_id uuid not null,
  document_id uuid not null,
  quote text not null check (length(quote) between 1 and 4000),
  primary key (organization_id, id),
  foreign key (organization_id, question_id) references freehold.gold_questions on delete cascade,
  foreign key (organization_id, document_id) references freehold.documents on delete cascade
);
create index gold_passages_question on freehold.gold_passages (organization_id, question_id);
create index gold_passages_document on freehold.gold_passages (organization_id, document_id);
call app.protect('freehold.gold_passages');

create table freehold.evaluations (
  organization_id uuid not null references freehold.organizations on delete cascade,
  id uuid not null,
  collection_id uuid not null,
  -- What was searched: the embedding space, and how much there was.
  embedding_space text not null,
  document_count integer not null,
  passage_count integer not null,
  index_changed_at timestamptz,
  question_count integer not null,
  -- Recall and reciprocal rank by words, by meaning and by both.
  figures jsonb not null,
  -- For each question, by its id, at which place each expected passage was found.
  questions jsonb not null,
  created_by uuid references freehold.users on delete set null,
  created_at timestamptz not null,
  primary key (organization_id, id),
  foreign key (organization_id, collection_id) references freehold.collections on delete cascade
);
create index evaluations_collection on freehold.evaluations (organization_id, collection_id, id desc);
create index evaluations_created_by on freehold.evaluations (created_by) where created_by is not null;
call app.protect('freehold.evaluations', 'select, insert');
