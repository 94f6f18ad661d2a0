-- Who may save a connection was wider before: one that no owner has saved since opens no account of an owner.
alter table freehold.sign_in_connections add column saved_by_owner boolean not null default false;
