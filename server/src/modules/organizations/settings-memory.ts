import type { Caller } from '../../platform/context.ts'
import type { Database } from '../../platform/db/database.ts'
import { readTenant } from '../../platform/db/transactions.ts'
import { noOrganization } from '../../platform/errors.ts'
import type { Platform } from '../../platform/platform.ts'
import { getCallSettings } from './get-organization-settings.ts'
import type { CallSettings } from './rules/organization-settings.ts'

/**
 * The settings of organizations as their calls need them: remembered for half a second, as who calls is, so that a busy
 * organization costs two look-ups a second and not one a call.
 *
 * Invariants: a change made here counts for the next call here, and for all nodes within that time; what was read before
 * a change is not remembered after it.
 */
const keptMs = 500
const mostKept = 10_000

interface Kept {
  readonly settings: Promise<CallSettings>
  readonly untilMs: number
}

/** One for each database: a process of tests has several, and modules wrap the platform they are given. */
const memories = new WeakMap<Database, Map<string, Kept>>()

function memoryOf({ database }: Platform): Map<string, Kept> {
  const memory = memories.get(database) ?? new Map<string, Kept>()
  memories.set(database, memory)
  return memory
}

/** What the caller's organization has set, at most half a second old. @throws organizations.not_found (404) */
export function recentOrganizationSettings(platform: Platform, caller: Caller): Promise<CallSettings> {
  const { organizationId } = caller
  if (organizationId === null) throw noOrganization()
  const memory = memoryOf(platform)
  const nowMs = platform.clock.now().getTime()
  const known = memory.get(organizationId)
  if (known && known.untilMs > nowMs && nowMs >= known.untilMs - keptMs) return known.settings
  const settings = readTenant(platform, caller, getCallSettings)
  if (memory.size >= mostKept) memory.clear()
  const kept = { settings, untilMs: nowMs + keptMs }
  memory.set(organizationId, kept)
  // A failure is nobody else's.
  settings.catch(() => {
    if (memory.get(organizationId) === kept) memory.delete(organizationId)
  })
  return settings
}

/** To be called after the transaction that changed them. */
export function forgetOrganizationSettings(platform: Platform, organizationId: string): void {
  memories.get(platform.database)?.delete(organizationId)
}
