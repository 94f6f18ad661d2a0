import type { Scope } from '../../platform/context.ts'
import { type CountLimit, requireRoom } from '../../platform/db/require-room.ts'
import { countUsableApiKeys } from './store.ts'

export const apiKeyLimit: CountLimit = {
  name: 'api_keys',
  most: 1_000,
  message: 'An organization has at most 1000 API keys that work. Revoke one that is not needed first.',
}

/** Makes sure that the organization may have one key more. @throws limit_reached (409) */
export async function requireRoomForKey({ tx, organizationId, now }: Scope): Promise<void> {
  await requireRoom(tx, apiKeyLimit, organizationId, () => countUsableApiKeys(tx, now))
}
