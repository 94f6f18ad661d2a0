import type { Caller } from '../../../platform/context.ts'
import { personId } from '../../../platform/http/route.ts'
import { accountTx } from '../account-tx.ts'
import { countRecoveryCodes, findSecondFactor } from '../factor-store.ts'
import type { Identity } from '../identity.ts'

/** Whether the caller's second factor is on, and how many recovery codes are left. */
export function describeTwoFactor({ platform }: Identity, caller: Caller) {
  const userId = personId(caller)
  return accountTx(platform, async (tx) => {
    const factor = await findSecondFactor(tx, userId)
    const enabledAt = factor?.confirmedAt ?? null
    return {
      enabled: enabledAt !== null,
      enabledAt: enabledAt?.toISOString() ?? null,
      recoveryCodesLeft: enabledAt === null ? 0 : await countRecoveryCodes(tx, userId),
    }
  })
}
