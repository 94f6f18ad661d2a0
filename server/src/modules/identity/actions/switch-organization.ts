import type { Caller } from '../../../platform/context.ts'
import { systemTx } from '../../../platform/db/transactions.ts'
import { unauthenticated } from '../../../platform/errors.ts'
import { notAMember } from '../errors.ts'
import {
  describeSession,
  expiresIn,
  type Identity,
  type SessionView,
  signAccessToken,
  type TokenPair,
} from '../identity.ts'
import { issueRefreshToken } from '../refresh-tokens.ts'
import { updateLastOrganization, updateSessionOrganization } from '../store.ts'

/** Makes another of the person's organizations the one the session acts in. @throws not_a_member (404) */
export async function switchOrganization(
  identity: Identity,
  caller: Caller,
  organizationId: string,
): Promise<SessionView & TokenPair> {
  const { userId, sessionId } = caller
  if (userId === null || sessionId === null) throw unauthenticated()
  const view = await describeSession(identity, userId, organizationId)
  if (view.organization?.id !== organizationId) throw notAMember()
  await systemTx(identity.platform, 'authenticate', async (tx) => {
    await updateSessionOrganization(tx, sessionId, organizationId, identity.platform.clock.now())
    await updateLastOrganization(tx, userId, organizationId)
  })
  return {
    ...view,
    accessToken: await signAccessToken(identity, view, sessionId),
    refreshToken: await issueRefreshToken(identity.platform, { userId, sessionId, organizationId }),
    expiresIn,
  }
}
