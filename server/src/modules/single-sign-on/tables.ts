import { boolean, jsonb, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { freehold, instant } from '../../platform/db/schema.ts'

export const signInDomains = freehold.table(
  'sign_in_domains',
  {
    organizationId: uuid('organization_id').notNull(),
    id: uuid('id').notNull(),
    domain: text('domain').notNull(),
    token: text('token').notNull(),
    createdBy: uuid('created_by'),
    createdAt: instant('created_at').notNull(),
    verifiedAt: instant('verified_at'),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.id] })],
)

export const signInConnections = freehold.table(
  'sign_in_connections',
  {
    organizationId: uuid('organization_id').notNull(),
    id: uuid('id').notNull(),
    issuer: text('issuer').notNull(),
    clientId: text('client_id').notNull(),
    clientSecretSealed: text('client_secret_sealed').notNull(),
    defaultRole: text('default_role').notNull().$type<'member' | 'guest'>(),
    required: boolean('required').notNull(),
    enabled: boolean('enabled').notNull(),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
    savedByOwner: boolean('saved_by_owner').notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.id] })],
)

export const signInIdentities = freehold.table(
  'sign_in_identities',
  {
    organizationId: uuid('organization_id').notNull(),
    id: uuid('id').notNull(),
    connectionId: uuid('connection_id').notNull(),
    subject: text('subject').notNull(),
    userId: uuid('user_id').notNull(),
    createdAt: instant('created_at').notNull(),
    lastUsedAt: instant('last_used_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.id] })],
)

export const scimUsers = freehold.table(
  'scim_users',
  {
    organizationId: uuid('organization_id').notNull(),
    id: uuid('id').notNull(),
    userId: uuid('user_id').notNull(),
    userName: text('user_name').notNull(),
    email: text('email').notNull(),
    externalId: text('external_id'),
    attributes: jsonb('attributes').notNull().$type<Record<string, unknown>>(),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.id] })],
)

export const scimGroups = freehold.table(
  'scim_groups',
  {
    organizationId: uuid('organization_id').notNull(),
    id: uuid('id').notNull(),
    displayName: text('display_name').notNull(),
    externalId: text('external_id'),
    role: text('role').$type<'admin' | 'member' | 'guest'>(),
    customRoleId: uuid('custom_role_id'),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.id] })],
)

export const scimGroupMembers = freehold.table(
  'scim_group_members',
  {
    organizationId: uuid('organization_id').notNull(),
    groupId: uuid('group_id').notNull(),
    scimUserId: uuid('scim_user_id').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.groupId, table.scimUserId] })],
)
