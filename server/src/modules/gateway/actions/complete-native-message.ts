import type { Caller } from '../../../platform/context.ts'
import { completeCachedChat } from '../cached-chat.ts'
import type { Gateway } from '../gateway.ts'
import { type NativeInput, nameOf, nativeChat } from '../native-call.ts'

/** One whole answer of Anthropic's, as it came but for its id and the name of its model. @throws what completeChat does */
export async function completeNativeMessage(gateway: Gateway, caller: Caller, input: NativeInput) {
  const { result, model } = await completeCachedChat(gateway, caller, nativeChat(input))
  return { ...result.body, ...nameOf(input, model) }
}
