import type { Caller } from '../../../platform/context.ts'
import type { Gateway } from '../gateway.ts'
import type { ModelResponse } from '../responses-contract.ts'
import { shownResponse, toResponse } from '../rules/responses-answer.ts'
import { completeChat } from './complete-chat.ts'
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
  const { result, receipt, model } = await completeChat(gateway, caller, prepared.chat)
  const counts = result.usage ?? countsOf(receipt)
  const response = toResponse(result, { ...prepared.head, model }, counts, gateway.platform.clock.now())
  await keepResponse(gateway, caller, prepared, response)
  return shownResponse(response, input.request)
}
