import type { SystemTx } from '../../platform/db/types.ts'
import type { Platform } from '../../platform/platform.ts'
import { verificationLetter } from './letters.ts'
import { issueOneTimeToken } from './one-time-tokens.ts'
import type { UserRow } from './store.ts'

/** Mails the link that confirms an address; nothing when it is confirmed already. Earlier links go on working. */
export async function sendVerification(platform: Platform, tx: SystemTx, user: UserRow): Promise<void> {
  if (user.emailVerified) return
  const token = await issueOneTimeToken(platform, tx, { purpose: 'verify-email', userId: user.id })
  await platform.mail.sendAsSystem(tx, verificationLetter(user, platform.publicUrl(), token))
}
