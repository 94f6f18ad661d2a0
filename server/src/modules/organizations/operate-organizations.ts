import { asc, count, eq, gt, sql } from 'drizzle-orm'
import { recordSystemAudit } from '../../platform/audit/record-audit.ts'
import type { Caller } from '../../platform/context.ts'
import { systemTx } from '../../platform/db/transactions.ts'
import { defineError } from '../../platform/errors.ts'
import { isId } from '../../platform/ids.ts'
import type { Platform } from '../../platform/platform.ts'
import { memberships, organizations } from './tables.ts'

/** What whoever runs the installation sees of an organization: nothing that it keeps. */
export interface OperatedOrganization {
  id: string
  name: string
  slug: string
  members: number
  createdAt: Date
  deletedAt: Date | null
}

const notThere = defineError('organizations.not_found', 404, 'There is no such organization.')

const shown = {
  id: organizations.id,
  name: organizations.name,
  slug: organizations.slug,
  members: count(memberships.userId),
  createdAt: organizations.createdAt,
  deletedAt: organizations.deletedAt,
}

/** Every organization of the installation by id, deleted ones among them. */
export async function listAllOrganizations(
  platform: Platform,
  page: { limit: number; afterId?: string | undefined },
): Promise<OperatedOrganization[]> {
  return systemTx(platform, 'operate', (tx) =>
    tx
      .select(shown)
      .from(organizations)
      .leftJoin(memberships, eq(memberships.organizationId, organizations.id))
      .where(page.afterId === undefined ? undefined : gt(organizations.id, page.afterId))
      .groupBy(organizations.id)
      .orderBy(asc(organizations.id))
      .limit(page.limit),
  )
}

/** By id or slug. @throws organizations.not_found (404) */
export async function getOperatedOrganization(
  platform: Platform,
  idOrSlug: string,
): Promise<OperatedOrganization> {
  const [row] = await systemTx(platform, 'operate', (tx) =>
    tx
      .select(shown)
      .from(organizations)
      .leftJoin(memberships, eq(memberships.organizationId, organizations.id))
      .where(isId(idOrSlug) ? eq(organizations.id, idOrSlug) : eq(organizations.slug, idOrSlug))
      .groupBy(organizations.id),
  )
  if (!row) throw notThere({ message: `There is no organization ${idOrSlug}.` })
  return row
}

/**
 * Deletes softly, or restores: nobody acts in a deleted organization, and nothing of it is lost for 30 days. Its owners
 * cannot take this deletion back. Twice is the same.
 */
export async function setOrganizationDeleted(
  platform: Platform,
  caller: Caller,
  organizationId: string,
  deleted: boolean,
): Promise<void> {
  const now = platform.clock.now()
  await systemTx(platform, 'operate', async (tx) => {
    const changed = await tx
      .update(organizations)
      .set({ deletedAt: deleted ? now : null, deletedBy: null, updatedAt: now })
      .where(
        sql`${organizations.id} = ${organizationId} and (${organizations.deletedAt} is null) = ${deleted}`,
      )
      .returning({ id: organizations.id })
    if (changed.length === 0) return
    await recordSystemAudit(tx, caller, organizationId, now, {
      action: deleted ? 'organization.delete' : 'organization.restore',
      entity: { type: 'organization', id: organizationId },
    })
  })
}
