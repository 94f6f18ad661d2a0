-- A question edited and an answer written again stand beside what was there before: messages of one parent. Of each
-- such group one is chosen, and the conversation is what the chosen ones make from its beginning.
alter table freehold.messages add column parent_id uuid;
alter table freehold.messages add column chosen boolean not null default true;

-- Until now each conversation was one line. The owner of the tables is held by the policies too, where it is no
-- superuser: for this one statement it is not.
alter table freehold.messages no force row level security;
update freehold.messages m
set parent_id = line.before
from (
  select organization_id, id, lag(id) over (partition by organization_id, conversation_id order by id) as before
  from freehold.messages
) line
where line.organization_id = m.organization_id and line.id = m.id and line.before is not null;
alter table freehold.messages force row level security;

alter table freehold.messages add constraint messages_of_conversation unique (organization_id, conversation_id, id);
alter table freehold.messages add constraint messages_parent
  foreign key (organization_id, conversation_id, parent_id)
  references freehold.messages (organization_id, conversation_id, id) on delete cascade;
-- The unique constraint has the same columns.
drop index freehold.messages_conversation;
create index messages_parent on freehold.messages (organization_id, conversation_id, parent_id);
create unique index messages_chosen on freehold.messages (organization_id, conversation_id, parent_id)
  nulls not distinct where chosen;

alter table freehold.conversations add column archived_at timestamptz;
alter table freehold.conversations add column pinned_at timestamptz;

-- What of a conversation its owner shows the members of the organization: the line up to one message, as it was then.
create table freehold.shared_conversations (
  organization_id uuid not null references freehold.organizations on delete cascade,
  id uuid not null,
  conversation_id uuid not null,
  message_id uuid not null,
  created_at timestamptz not null,
  primary key (organization_id, id),
  unique (organization_id, conversation_id),
  foreign key (organization_id, conversation_id) references freehold.conversations on delete cascade,
  foreign key (organization_id, message_id) references freehold.messages on delete cascade
);
create index shared_conversations_message on freehold.shared_conversations (organization_id, message_id);
call app.protect('freehold.shared_conversations');
