import type { Scope } from '../../platform/context.ts'
import { type CountLimit, limitReached, requireRoom } from '../../platform/db/require-room.ts'
import { countPrompts } from './store.ts'

const promptLimit: CountLimit = {
  name: 'prompts',
  most: 1_000,
  message: 'An organization has at most 1000 prompts. Delete one that is not needed first.',
}
const mostVersions = 500
const mostLabels = 20

/** @throws limit_reached (409) */
export async function requireRoomForPrompt({ tx, organizationId }: Scope): Promise<void> {
  await requireRoom(tx, promptLimit, organizationId, () => countPrompts(tx))
}

/** The prompt's row is locked, so nobody adds one meanwhile. @throws limit_reached (409) */
export function requireRoomForVersions(latestVersion: number, added: number): void {
  if (latestVersion + added <= mostVersions) return
  throw limitReached({
    message: `A prompt has at most ${mostVersions} versions. Duplicate it to go on from the newest.`,
    details: { limit: 'prompt_versions', most: mostVersions },
  })
}

/** As above. @throws limit_reached (409) */
export function requireRoomForLabel(count: number): void {
  if (count < mostLabels) return
  throw limitReached({
    message: `A prompt has at most ${mostLabels} labels. Take one off first.`,
    details: { limit: 'prompt_labels', most: mostLabels },
  })
}
