import { unauthenticated } from '../../../platform/errors.ts'
import { accountTx } from '../account-tx.ts'
import { type CredentialResult, sessionSeconds } from '../adapters/credential-engine.ts'
import {
  expiresIn,
  type Identity,
  presentSession,
  type SessionView,
  signAccessToken,
  type TokenPair,
} from '../identity.ts'
import { beginRefreshFamily } from '../refresh-tokens.ts'
import { findUser, updateLastOrganization, updateSessionOpened } from '../store.ts'

export interface OpenedSession {
  body: SessionView & TokenPair
  cookies: string[]
}

/**
 * Settles which organization a new session acts in and issues its tokens.
 * @param organizationId null for the one the person acted in last, if they are still in it, else their oldest
 * @throws unauthenticated (401) when the session has ended meanwhile
 */
export async function openSession(
  identity: Identity,
  opened: CredentialResult,
  organizationId: string | null,
): Promise<OpenedSession> {
  const { platform, directory } = identity
  const { userId, sessionId, cookies } = opened
  const organizations = await directory.listOf(userId)
  const { view, refreshToken } = await accountTx(platform, async (tx) => {
    const user = await findUser(tx, userId)
    if (!user) throw unauthenticated()
    const view = presentSession(user, organizations, organizationId ?? user.lastOrganizationId)
    const chosen = view.organization?.id ?? null
    const now = platform.clock.now()
    const expiresAt = new Date(now.getTime() + sessionSeconds * 1000)
    const settled = { organizationId: chosen, expiresAt, createdAt: now, updatedAt: now }
    await updateSessionOpened(tx, sessionId, settled)
    if (chosen !== user.lastOrganizationId) await updateLastOrganization(tx, userId, chosen)
    const family = { userId, sessionId, organizationId: chosen }
    return { view, refreshToken: await beginRefreshFamily(tx, family, now) }
  })
  const accessToken = await signAccessToken(identity, view, sessionId)
  return { body: { ...view, accessToken, refreshToken, expiresIn }, cookies }
}
