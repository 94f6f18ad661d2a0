import { boolean, jsonb, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import type { Role } from '../../platform/auth/permissions.ts'
import { freehold, instant } from '../../platform/db/schema.ts'

export const organizations = freehold.table('organizations', {
  id: uuid('id').primaryKey(),
  name: text('name').notNull(),
  slug: text('slug').notNull(),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
  deletedAt: instant('deleted_at'),
  deletedBy: uuid('deleted_by'),
  settings: jsonb('settings').notNull().default({}).$type<Record<string, unknown>>(),
  createdBy: uuid('created_by'),
})

export const organizationRoles = freehold.table(
  'roles',
  {
    organizationId: uuid('organization_id').notNull(),
    id: uuid('id').notNull(),
    name: text('name').notNull(),
    description: text('description').notNull().default(''),
    permissions: text('permissions').array().notNull(),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.id] })],
)

export const serviceAccounts = freehold.table(
  'service_accounts',
  {
    organizationId: uuid('organization_id').notNull(),
    id: uuid('id').notNull(),
    name: text('name').notNull(),
    description: text('description').notNull().default(''),
    role: text('role').notNull().$type<Exclude<Role, 'owner'>>(),
    customRoleId: uuid('custom_role_id'),
    createdBy: uuid('created_by'),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
    disabledAt: instant('disabled_at'),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.id] })],
)

export const memberships = freehold.table(
  'memberships',
  {
    organizationId: uuid('organization_id').notNull(),
    userId: uuid('user_id').notNull(),
    role: text('role').notNull().$type<Role>(),
    joinedAt: instant('joined_at').notNull(),
    customRoleId: uuid('custom_role_id'),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.userId] })],
)

export const invitations = freehold.table(
  'invitations',
  {
    organizationId: uuid('organization_id').notNull(),
    id: uuid('id').notNull(),
    email: text('email').notNull(),
    role: text('role').notNull().$type<Role>(),
    customRoleId: uuid('custom_role_id'),
    tokenHash: text('token_hash').notNull(),
    invitedBy: uuid('invited_by'),
    invitedWith: uuid('invited_with'),
    createdAt: instant('created_at').notNull(),
    sentAt: instant('sent_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
    acceptedAt: instant('accepted_at'),
    acceptedBy: uuid('accepted_by'),
    revokedAt: instant('revoked_at'),
    linkShown: boolean('link_shown').notNull().default(false),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.id] })],
)

export const organizationKeys = freehold.table(
  'organization_keys',
  {
    organizationId: uuid('organization_id').notNull(),
    id: uuid('id').notNull(),
    wrapped: text('wrapped').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.id] })],
)
