import type { Caller } from '../../../platform/context.ts'
import { withTenant } from '../../../platform/db/transactions.ts'
import type { Gateway } from '../gateway.ts'
import { noUsage } from '../outcome.ts'
import type { ModelResponse } from '../responses-contract.ts'
import { insertStoredResponse, keepUntil } from '../responses-store.ts'
import { estimateInputTokens } from '../rules/estimate-tokens.ts'
import { shownResponse, toResponse } from '../rules/responses-answer.ts'
import { type ResponseEvent, toResponseEvents } from '../rules/responses-events.ts'
import { openTurnSeal } from '../sealed-responses.ts'
import { completeChat } from './complete-chat.ts'
import { countsOf } from './complete-message.ts'
import { type PreparedResponse, prepareResponse, type ResponseInput } from './prepare-response.ts'
import { streamChat } from './stream-chat.ts'

/** How long a turn is kept after it was last gone on from. */
const keptMs = 30 * 86_400_000

/** One whole answer of the Responses API, metered as any chat. @throws what completeChat and prepareResponse do */
export async function completeResponse(
  gateway: Gateway,
  caller: Caller,
  input: ResponseInput,
): Promise<ModelResponse> {
  const prepared = await prepareResponse(gateway, caller, input)
  const { result, receipt } = await completeChat(gateway, caller, prepared.chat)
  const counts = result.usage ?? countsOf(receipt)
  const response = toResponse(result, prepared.head, counts, gateway.platform.clock.now())
  await keepResponse(gateway, caller, prepared, response)
  return shownResponse(response, input.request)
}

/**
 * The answer as the events of the Responses API, metered as any stream. The money is held before this resolves and settled
 * when the loop over the events ends.
 * @throws what streamChat and prepareResponse do
 */
export async function streamResponse(
  gateway: Gateway,
  caller: Caller,
  input: ResponseInput,
): Promise<AsyncGenerator<ResponseEvent, void, undefined>> {
  const prepared = await prepareResponse(gateway, caller, input)
  const stream = await streamChat(gateway, caller, prepared.chat)
  return toResponseEvents(stream.chunks, prepared.head, {
    countAnyway() {
      const receipt = stream.receipt()
      return receipt
        ? countsOf(receipt)
        : { ...noUsage, promptTokens: estimateInputTokens(prepared.chat.body) }
    },
    now: () => gateway.platform.clock.now(),
    keep: (response) => keepResponse(gateway, caller, prepared, response),
    show: (response) => shownResponse(response, input.request),
  })
}

async function keepResponse(
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
      userId: caller.userId,
      serviceAccountId: caller.serviceAccountId,
      ...seal.seal(id, { input, answer }),
      createdAt,
      expiresAt,
    })
    await keepUntil(scope.tx, turnIds, expiresAt)
  })
}
