import type { Caller } from '../../../platform/context.ts'
import { systemTx } from '../../../platform/db/transactions.ts'
import type { Platform } from '../../../platform/platform.ts'
import { findMachine } from '../../api-keys/index.ts'
import { findMemberPermissions } from '../../organizations/index.ts'

/** Who asked for something that is done later, as it was written down. */
export interface RememberedCaller {
  readonly organizationId: string
  readonly apiKeyId: string | null
  readonly userId: string | null
  readonly createdAt: Date
  readonly requestId: string
}

/**
 * Who queued a call, or asked for anything else that is done later, with what they may do now. Undefined where that is nothing any more: the key was revoked or has
 * ended, the person has left the organization, or it is deleted.
 */
export async function recallCaller(platform: Platform, row: RememberedCaller): Promise<Caller | undefined> {
  const { organizationId, apiKeyId, userId, createdAt, requestId } = row
  const base = { requestId, ip: null, userAgent: null }
  return systemTx(platform, 'authenticate', async (tx) => {
    if (apiKeyId !== null) {
      const machine = await findMachine(tx, organizationId, apiKeyId, platform.clock.now())
      return machine && { ...machine, ...base }
    }
    if (userId === null) return undefined
    const permissions = await findMemberPermissions(tx, organizationId, userId, createdAt)
    if (!permissions) return undefined
    const person = { kind: 'user', userId, apiKeyId: null, serviceAccountId: null, sessionId: null } as const
    return { ...person, projectId: null, organizationId, role: null, permissions, ...base }
  })
}
