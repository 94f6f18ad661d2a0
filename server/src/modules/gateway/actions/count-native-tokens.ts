import type { Caller } from '../../../platform/context.ts'
import { type NativePrompt, nativePromptSchema } from '../anthropic-native-contract.ts'
import type { Gateway } from '../gateway.ts'
import { type NativeInput, parseBody } from '../native-call.ts'
import { measurableChat } from '../rules/native-messages.ts'
import { guardChat } from './guard-chat.ts'

/**
 * What Anthropic counts in a prompt, for the first of the route. Nothing is charged; what guards would hide from the model
 * is hidden from the count. @throws guardrails.blocked (400)
 */
export async function countNativeTokens(
  gateway: Gateway,
  caller: Caller,
  { body, betas, signal, requestId, route }: Omit<NativeInput, 'tag'>,
): Promise<number> {
  const prompt = parseBody<NativePrompt>(nativePromptSchema, body)
  const { model: _, ...sent } = prompt
  const [{ deployment, keys }] = route.candidates
  const countTokens = keys[0]?.provider.countTokens
  if (!countTokens) throw new Error(`The provider ${deployment.providerId} counts no tokens.`)
  const native = { body: sent, betas }
  const chat = {
    requestId,
    purpose: 'chat',
    body: measurableChat(prompt),
    tag: null,
    native,
    route,
    signal,
  } as const
  const guard = await guardChat(gateway, caller, chat, route)
  const seen = guard ? { ...native, body: guard.body(native.body) } : native
  return countTokens(seen, deployment.deploymentModel, signal, requestId)
}
