import type { Caller } from '../../../platform/context.ts'
import { streamCachedChat } from '../cached-chat.ts'
import type { Gateway } from '../gateway.ts'
import { noUsage } from '../outcome.ts'
import { estimateInputTokens } from '../rules/estimate-tokens.ts'
import { shownResponse, toResponse } from '../rules/responses-answer.ts'
import { type ResponseEvent, toResponseEvents } from '../rules/responses-events.ts'
import { countsOf } from './complete-message.ts'
import { keepResponse } from './keep-response.ts'
import { prepareResponse, type ResponseInput } from './prepare-response.ts'

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
  const stream = await streamCachedChat(gateway, caller, prepared.chat, (one) =>
    toResponse(one, prepared.head, noUsage, prepared.head.createdAt),
  )
  const head = {
    ...prepared.head,
    // Read with the first event, when it is known who answers.
    get model() {
      return stream.model()
    },
  }
  return toResponseEvents(stream.chunks, head, {
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
