import { systemTx } from '../../../platform/db/transactions.ts'
import type { Platform } from '../../../platform/platform.ts'
import type { HeldInvitation } from '../invitation-store.ts'
import { findHeldInvitation } from './find-held-invitation.ts'

/** What a token invites to, for whoever holds it. @throws invitation_not_found (404), invitation_over (410) */
export async function lookUpInvitation(platform: Platform, token: string): Promise<HeldInvitation> {
  return systemTx(platform, 'accept-invitation', (tx) => findHeldInvitation(tx, token, platform.clock.now()))
}
