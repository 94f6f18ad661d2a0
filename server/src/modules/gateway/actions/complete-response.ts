import type { Caller } from '../../../platform/context.ts'
import { completeCachedChat } from '../cached-chat.ts'
import type { Gateway } from '../gateway.ts'
import { noUsage } from '../outcome.ts'
import type { ModelResponse } from '../responses-contract.ts'
import { shownResponse, toResponse } from '../rules/responses-answer.ts'
import { countsOf } from './complete-message.ts'
import { keepResponse } from './keep-response.ts'
import { prepareResponse, type ResponseInput } from './prepare-response.ts'

/** One whole answer of the Responses API, metered as any chat. @throws what completeChat and prepareResponse do */
export async function completeResponse(
  gateway: Gateway,
  caller: Caller,
  input: ResponseInput,
): Promise<ModelResponse> {
  const prepared = await prepareResponse(gateway, caller, input)
  const { chat, head } = prepared
  const { result, receipt, model } = await completeCachedChat(gateway, caller, chat, (one) =>
    toResponse(one, head, noUsage, head.createdAt),
  )
  const counts = result.usage ?? countsOf(receipt)
  const response = toResponse(result, { ...head, model }, counts, gateway.platform.clock.now())
  await keepResponse(gateway, caller, prepared, response)
  return shownResponse(response, input.request)
}
