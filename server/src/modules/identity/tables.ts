import { bigint, boolean, integer, jsonb, text, uuid } from 'drizzle-orm/pg-core'
import { freehold, instant } from '../../platform/db/schema.ts'

// The names of the properties are Better Auth's; those of the columns are ours.

export const users = freehold.table('users', {
  id: uuid('id').primaryKey(),
  email: text('email').notNull(),
  emailVerified: boolean('email_verified').notNull().default(false),
  name: text('name').notNull(),
  image: text('image'),
  superAdmin: boolean('super_admin').notNull().default(false),
  lastOrganizationId: uuid('last_organization_id'),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
})

export const sessions = freehold.table('sessions', {
  id: uuid('id').primaryKey(),
  userId: uuid('user_id').notNull(),
  token: text('token').notNull(),
  expiresAt: instant('expires_at').notNull(),
  ipAddress: text('ip_address'),
  userAgent: text('user_agent'),
  organizationId: uuid('organization_id'),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
  lastUsedAt: instant('last_used_at'),
})

export const accounts = freehold.table('accounts', {
  id: uuid('id').primaryKey(),
  userId: uuid('user_id').notNull(),
  accountId: text('account_id').notNull(),
  providerId: text('provider_id').notNull(),
  accessToken: text('access_token'),
  refreshToken: text('refresh_token'),
  idToken: text('id_token'),
  accessTokenExpiresAt: instant('access_token_expires_at'),
  refreshTokenExpiresAt: instant('refresh_token_expires_at'),
  scope: text('scope'),
  password: text('password'),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
})

export const verifications = freehold.table('verifications', {
  id: uuid('id').primaryKey(),
  identifier: text('identifier').notNull(),
  value: text('value').notNull(),
  expiresAt: instant('expires_at').notNull(),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
})

export const refreshTokens = freehold.table('refresh_tokens', {
  id: uuid('id').primaryKey(),
  familyId: uuid('family_id').notNull(),
  userId: uuid('user_id').notNull(),
  sessionId: uuid('session_id').notNull(),
  organizationId: uuid('organization_id'),
  tokenHash: text('token_hash').notNull(),
  createdAt: instant('created_at').notNull(),
  expiresAt: instant('expires_at').notNull(),
  usedAt: instant('used_at'),
  successorSealed: text('successor_sealed'),
  revokedAt: instant('revoked_at'),
})

export const signingKeys = freehold.table('signing_keys', {
  id: text('id').primaryKey(),
  algorithm: text('algorithm').notNull().$type<'EdDSA' | 'session-secret'>(),
  publicJwk: jsonb('public_jwk').notNull().$type<Record<string, unknown>>(),
  privateSealed: text('private_sealed').notNull(),
  createdAt: instant('created_at').notNull(),
})

export type TokenPurpose =
  | 'verify-email'
  | 'reset-password'
  | 'two-factor'
  | 'passkey-registration'
  | 'passkey-sign-in'
  | 'social-sign-in'

export const oneTimeTokens = freehold.table('one_time_tokens', {
  id: uuid('id').primaryKey(),
  userId: uuid('user_id'),
  purpose: text('purpose').notNull().$type<TokenPurpose>(),
  tokenHash: text('token_hash').notNull(),
  dataSealed: text('data_sealed'),
  failures: integer('failures').notNull().default(0),
  createdAt: instant('created_at').notNull(),
  expiresAt: instant('expires_at').notNull(),
})

export const addressChanges = freehold.table('address_changes', {
  id: uuid('id').primaryKey(),
  userId: uuid('user_id').notNull(),
  oldEmail: text('old_email').notNull(),
  newEmail: text('new_email').notNull(),
  confirmHash: text('confirm_hash').notNull(),
  confirmUntil: instant('confirm_until').notNull(),
  stopHash: text('stop_hash'),
  stopUntil: instant('stop_until').notNull(),
  createdAt: instant('created_at').notNull(),
  confirmedAt: instant('confirmed_at'),
})

export const secondFactors = freehold.table('second_factors', {
  userId: uuid('user_id').primaryKey(),
  secretSealed: text('secret_sealed').notNull(),
  confirmedAt: instant('confirmed_at'),
  lastStep: bigint('last_step', { mode: 'number' }),
  createdAt: instant('created_at').notNull(),
})

export const recoveryCodes = freehold.table('recovery_codes', {
  id: uuid('id').primaryKey(),
  userId: uuid('user_id').notNull(),
  codeHash: text('code_hash').notNull(),
  createdAt: instant('created_at').notNull(),
  usedAt: instant('used_at'),
})

export const passkeys = freehold.table('passkeys', {
  id: uuid('id').primaryKey(),
  userId: uuid('user_id').notNull(),
  credentialId: text('credential_id').notNull(),
  publicKey: text('public_key').notNull(),
  counter: bigint('counter', { mode: 'number' }).notNull(),
  transports: text('transports').array().notNull(),
  backedUp: boolean('backed_up').notNull(),
  name: text('name').notNull(),
  createdAt: instant('created_at').notNull(),
  lastUsedAt: instant('last_used_at'),
})

export const knownDevices = freehold.table('known_devices', {
  id: uuid('id').primaryKey(),
  userId: uuid('user_id').notNull(),
  tokenHash: text('token_hash').notNull(),
  ipPrefix: text('ip_prefix'),
  createdAt: instant('created_at').notNull(),
  lastUsedAt: instant('last_used_at').notNull(),
})

export const accountEvents = freehold.table('account_events', {
  id: uuid('id').primaryKey(),
  userId: uuid('user_id').notNull(),
  action: text('action').notNull(),
  details: jsonb('details').notNull().$type<Record<string, unknown>>(),
  ip: text('ip'),
  userAgent: text('user_agent'),
  requestId: uuid('request_id').notNull(),
  createdAt: instant('created_at').notNull(),
})
