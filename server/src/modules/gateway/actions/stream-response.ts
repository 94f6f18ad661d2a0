import type { Caller } from '../../../platform/context.ts'
import type { Gateway } from '../gateway.ts'
import { noUsage } from '../outcome.ts'
import { estimateInputTokens } from '../rules/estimate-tokens.ts'
import { shownResponse } from '../rules/responses-answer.ts'
import { type ResponseEvent, toResponseEvents } from '../rules/responses-events.ts'
import { countsOf } from './complete-message.ts'
import { keepResponse } from './keep-response.ts'
import { prepareResponse, type ResponseInput } from './prepare-response.ts'
import { streamChat } from './stream-chat.ts'

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
