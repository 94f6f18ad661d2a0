import { bigint, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { freehold, instant } from '../../platform/db/schema.ts'

const nanos = (name: string) => bigint(name, { mode: 'bigint' }).notNull()

export const creditGrants = freehold.table(
  'credit_grants',
  {
    organizationId: uuid('organization_id').notNull(),
    id: uuid('id').notNull(),
    amountNanos: nanos('amount_nanos'),
    usedNanos: nanos('used_nanos').default(0n),
    revokedNanos: nanos('revoked_nanos').default(0n),
    expiredNanos: nanos('expired_nanos').default(0n),
    expiresAt: instant('expires_at'),
    note: text('note').notNull().default(''),
    grantedBy: uuid('granted_by'),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.id] })],
)

export const creditEntries = freehold.table(
  'credit_entries',
  {
    organizationId: uuid('organization_id').notNull(),
    id: uuid('id').notNull(),
    grantId: uuid('grant_id').notNull(),
    kind: text('kind').notNull().$type<'grant' | 'revocation' | 'expiry'>(),
    amountNanos: nanos('amount_nanos'),
    balanceNanos: nanos('balance_nanos'),
    note: text('note').notNull().default(''),
    createdBy: uuid('created_by'),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.id] })],
)
