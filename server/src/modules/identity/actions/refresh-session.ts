import type { Caller } from '../../../platform/context.ts'
import { describeSession, expiresIn, type Identity, signAccessToken, type TokenPair } from '../identity.ts'
import { rotateRefreshToken } from '../refresh-tokens.ts'

/** Exchanges a refresh token for the next pair; role and permissions are read anew. */
export async function refreshSession(
  identity: Identity,
  caller: Caller,
  refreshToken: string,
): Promise<TokenPair> {
  const issued = await rotateRefreshToken(identity.platform, caller, refreshToken)
  const view = await describeSession(identity, issued.userId, issued.organizationId)
  return {
    accessToken: await signAccessToken(identity, view, issued.sessionId),
    refreshToken: issued.refreshToken,
    expiresIn,
  }
}
