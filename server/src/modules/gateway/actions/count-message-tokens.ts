import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Caller } from '../../../platform/context.ts'
import { ProviderError } from '../adapters/provider-error.ts'
import { tokenCountRequestSchema } from '../anthropic-contract.ts'
import { errorOfProvider } from '../errors.ts'
import type { Gateway } from '../gateway.ts'
import { type NativeInput, parseBody } from '../native-call.ts'
import { toChatPrompt } from '../rules/anthropic-request.ts'
import { estimateInputTokens } from '../rules/estimate-tokens.ts'
import { chooseModel } from './choose-model.ts'
import { told } from './complete-message.ts'
import { countNativeTokens } from './count-native-tokens.ts'

/**
 * How many tokens the model would read: counted by Anthropic for its own models, else about. Nothing is charged.
 * @throws what chooseModel does, validation_failed (400), and the failures of Anthropic's count
 */
export async function countMessageTokens(
  gateway: Gateway,
  caller: Caller,
  input: Omit<NativeInput, 'tag' | 'deployment'> & { body: { model: string } },
): Promise<number> {
  requirePermission(caller, 'use:models')
  const deployment = await chooseModel(gateway, caller, input.body.model, 'chat')
  const model = told(gateway, deployment)
  if (!model.traits.messagesApi)
    return estimateInputTokens(toChatPrompt(parseBody(tokenCountRequestSchema, input.body), model))
  try {
    return await countNativeTokens(gateway, { ...input, deployment })
  } catch (error) {
    throw error instanceof ProviderError ? errorOfProvider(error) : error
  }
}
