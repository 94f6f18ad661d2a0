import { systemTx } from '../../../platform/db/transactions.ts'
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
import { updateSessionOpened } from '../store.ts'

export interface OpenedSession {
  body: SessionView & TokenPair
  cookies: string[]
}

/** Settles which organization a new session acts in and issues its tokens. */
export async function openSession(
  identity: Identity,
  opened: CredentialResult,
  organizationId: string | null,
): Promise<OpenedSession> {
  const view = await describeSession(identity, opened.userId, organizationId)
  const chosen = view.organization?.id ?? null
  const now = identity.platform.clock.now()
  await systemTx(identity.platform, 'authenticate', (tx) =>
    updateSessionOpened(tx, opened.sessionId, {
      organizationId: chosen,
      expiresAt: new Date(now.getTime() + sessionSeconds * 1000),
      updatedAt: now,
    }),
  )
  const refreshToken = await issueRefreshToken(identity.platform, {
    userId: opened.userId,
    sessionId: opened.sessionId,
    organizationId: chosen,
  })
  const accessToken = await signAccessToken(identity, view, opened.sessionId)
  return { body: { ...view, accessToken, refreshToken, expiresIn }, cookies: opened.cookies }
}
