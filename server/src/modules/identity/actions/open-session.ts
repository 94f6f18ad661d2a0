import { systemTx } from '../../../platform/db/transactions.ts'
import { accountTx } from '../account-tx.ts'
import { type CredentialResult, sessionSeconds } from '../adapters/credential-engine.ts'
import {
  describeSession,
  expiresIn,
  type Identity,
  type SessionView,
  signAccessToken,
  type TokenPair,
} from '../identity.ts'
import { issueRefreshToken } from '../refresh-tokens.ts'
import { findUser, updateLastOrganization, updateSessionOpened } from '../store.ts'

export interface OpenedSession {
  body: SessionView & TokenPair
  cookies: string[]
}

/**
 * Settles which organization a new session acts in and issues its tokens.
 * @param organizationId null for the one the person acted in last, if they are still in it, else their oldest
 */
export async function openSession(
  identity: Identity,
  opened: CredentialResult,
  organizationId: string | null,
): Promise<OpenedSession> {
  const last = organizationId ?? (await findLastOrganization(identity, opened.userId))
  const view = await describeSession(identity, opened.userId, last)
  const chosen = view.organization?.id ?? null
  const now = identity.platform.clock.now()
  await systemTx(identity.platform, 'authenticate', async (tx) => {
    await updateSessionOpened(tx, opened.sessionId, {
      organizationId: chosen,
      expiresAt: new Date(now.getTime() + sessionSeconds * 1000),
      createdAt: now,
      updatedAt: now,
    })
    await updateLastOrganization(tx, opened.userId, chosen)
  })
  const refreshToken = await issueRefreshToken(identity.platform, {
    userId: opened.userId,
    sessionId: opened.sessionId,
    organizationId: chosen,
  })
  const accessToken = await signAccessToken(identity, view, opened.sessionId)
  return { body: { ...view, accessToken, refreshToken, expiresIn }, cookies: opened.cookies }
}

async function findLastOrganization({ platform }: Identity, userId: string): Promise<string | null> {
  const user = await accountTx(platform, (tx) => findUser(tx, userId))
  return user?.lastOrganizationId ?? null
}
