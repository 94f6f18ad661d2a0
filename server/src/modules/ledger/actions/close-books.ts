import { systemCaller } from '../../../platform/context.ts'
import { systemTx, withTenant } from '../../../platform/db/transactions.ts'
import { newId } from '../../../platform/ids.ts'
import type { Platform } from '../../../platform/platform.ts'
import { bookKeyPurpose, closingDigest, unpackEntries } from '../book-codes.ts'
import { endOfDay, lastClosedDay } from '../rules/book-days.ts'
import {
  insertClosing,
  listCallsByDay,
  listClosings,
  listOrganizationsWithCalls,
  listSealsOfDays,
  lockBooks,
} from '../seal-store.ts'
import { sealRecords } from './seal-records.ts'

export type BookKeeper = Pick<Platform, 'database' | 'clock' | 'keyRing' | 'logger'>

/**
 * Seals the calls of the days that are over and closes the books up to there. What comes for a closed day after that is
 * sealed by whoever records it, or it is not ours. Killed at any moment, it goes on where it was; two at once wait for
 * each other.
 * @returns the last closed day
 */
export async function closeBooks(on: BookKeeper, signal?: AbortSignal): Promise<string | undefined> {
  const closings = await systemTx(on, 'operate', listClosings)
  const last = closings.at(-1)
  const throughDay = lastClosedDay(on.clock.now())
  if (last && last.throughDay >= throughDay) return last.throughDay
  const from = last && endOfDay(last.throughDay)
  const to = endOfDay(throughDay)
  const organizations = await systemTx(on, 'operate', (tx) => listOrganizationsWithCalls(tx, from, to))
  for (const organizationId of organizations) {
    signal?.throwIfAborted()
    await sealDays(on, organizationId, from, to)
  }
  const { id: keyId, secret } = on.keyRing.authenticationKey(bookKeyPurpose)
  const closing = { throughDay, closedAt: on.clock.now(), keyId }
  const digest = closingDigest(secret, closing, last?.digest ?? null)
  await systemTx(on, 'operate', (tx) => insertClosing(tx, { ...closing, digest }))
  // Whoever keeps logs elsewhere has with this line what no database can take back.
  on.logger.info(
    { throughDay, organizations: organizations.length, digest: digest.toString('hex') },
    'the books were closed',
  )
  return throughDay
}

async function sealDays(
  on: BookKeeper,
  organizationId: string,
  from: Date | undefined,
  to: Date,
): Promise<void> {
  await withTenant(on, systemCaller(organizationId, newId()), async (scope) => {
    await lockBooks(scope.tx, organizationId)
    const calls = await listCallsByDay(scope.tx, organizationId, from, to)
    const byDay = Map.groupBy(calls, ({ day }) => day)
    for (const [day, ofDay] of byDay) {
      const seals = await listSealsOfDays(scope.tx, organizationId, [day])
      const sealed = new Set(seals.flatMap(({ entries }) => unpackEntries(entries) ?? []).map(({ id }) => id))
      const ids = ofDay.map(({ id }) => id).filter((id) => !sealed.has(id))
      await sealRecords(on, scope, { kind: 'day', day, ids })
    }
  })
}
