import type { Caller } from '../../../platform/context.ts'
import { withTenant } from '../../../platform/db/transactions.ts'
import type { Gateway } from '../gateway.ts'
import type { ModelResponse } from '../responses-contract.ts'
import { insertStoredResponse, keepUntil, ownerOf } from '../responses-store.ts'
import { openTurnSeal } from '../sealed-responses.ts'
import type { PreparedResponse } from './prepare-response.ts'

/** How long a turn is kept after it was last gone on from. */
const keptMs = 30 * 86_400_000

/** Stores a turn, sealed, unless its caller wants it not to be; the turns before it are kept as long. */
export async function keepResponse(
  { platform }: Gateway,
  caller: Caller,
  { head, input, turnIds }: PreparedResponse,
  answer: ModelResponse,
): Promise<void> {
  if (head.request.store === false) return
  const { requestId: id, createdAt } = head
  await withTenant(platform, caller, async (scope) => {
    const seal = await openTurnSeal(platform, scope)
    const expiresAt = new Date(scope.now.getTime() + keptMs)
    await insertStoredResponse(scope.tx, {
      organizationId: scope.organizationId,
      id,
      previousId: turnIds.at(-1) ?? null,
      ...ownerOf(caller),
      ...seal.seal(id, { input, answer }),
      createdAt,
      expiresAt,
    })
    await keepUntil(scope.tx, turnIds, expiresAt)
  })
}
