import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Caller } from '../../../platform/context.ts'
import { ProviderError } from '../adapters/provider-error.ts'
import { tokenCountRequestSchema } from '../anthropic-contract.ts'
import { errorOfProvider } from '../errors.ts'
import type { Gateway } from '../gateway.ts'
import { type NativeInput, parseBody } from '../native-call.ts'
import { toChatPrompt } from '../rules/anthropic-request.ts'
import { estimateInputTokens } from '../rules/estimate-tokens.ts'
import { traitsOf } from './complete-message.ts'
import { countNativeTokens } from './count-native-tokens.ts'
import { resolveMessageRoute } from './resolve-message-route.ts'

/**
 * How many tokens the model would read: counted by Anthropic for its own models, else about. Nothing is charged.
 * @throws what resolveRoute does, validation_failed (400), and the failures of Anthropic's count
 */
export async function countMessageTokens(
  gateway: Gateway,
  caller: Caller,
  input: Omit<NativeInput, 'tag' | 'route'> & { body: { model: string } },
): Promise<number> {
  requirePermission(caller, 'use:models')
  const route = await resolveMessageRoute(gateway, caller, input.body)
  const [first] = route.candidates
  const model = { id: first.deployment.id, traits: traitsOf(first.keys) }
  if (!model.traits.messagesApi)
    return estimateInputTokens(toChatPrompt(parseBody(tokenCountRequestSchema, input.body), model))
  try {
    return await countNativeTokens(gateway, caller, { ...input, route })
  } catch (error) {
    throw error instanceof ProviderError ? errorOfProvider(error) : error
  }
}
