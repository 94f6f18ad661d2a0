import { and, desc, eq, lt } from 'drizzle-orm'
import type { PersonalData } from '../../platform/personal-data.ts'
import { scimUsers, signInIdentities } from './tables.ts'

/** What an organization's identity provider has said of somebody. */
export const providerData: PersonalData[] = [
  {
    name: 'signInIdentities',
    async list({ tx }, userId, { limit, beforeId }) {
      const rows = await tx
        .select()
        .from(signInIdentities)
        .where(
          and(
            eq(signInIdentities.userId, userId),
            beforeId === undefined ? undefined : lt(signInIdentities.id, beforeId),
          ),
        )
        .orderBy(desc(signInIdentities.id))
        .limit(limit)
      return rows.map(({ id, subject, createdAt, lastUsedAt }) => ({
        id,
        data: { subject, createdAt: createdAt.toISOString(), lastUsedAt: lastUsedAt.toISOString() },
      }))
    },
  },
  {
    name: 'provisioning',
    async list({ tx }, userId, { limit, beforeId }) {
      const rows = await tx
        .select()
        .from(scimUsers)
        .where(
          and(eq(scimUsers.userId, userId), beforeId === undefined ? undefined : lt(scimUsers.id, beforeId)),
        )
        .orderBy(desc(scimUsers.id))
        .limit(limit)
      return rows.map(({ id, userName, email, externalId, attributes, createdAt }) => ({
        id,
        data: { id, userName, email, externalId, attributes, createdAt: createdAt.toISOString() },
      }))
    },
  },
]
