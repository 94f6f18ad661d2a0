import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Caller } from '../../../platform/context.ts'
import type { MessagePrompt } from '../anthropic-contract.ts'
import type { Gateway } from '../gateway.ts'
import { toChatPrompt } from '../rules/anthropic-request.ts'
import { estimateInputTokens } from '../rules/estimate-tokens.ts'
import { chooseMessageModel } from './complete-message.ts'

/** About how many tokens the model would read. Nothing leaves and nothing is charged. @throws what chooseModel does */
export async function countMessageTokens(
  gateway: Gateway,
  caller: Caller,
  prompt: MessagePrompt,
): Promise<number> {
  requirePermission(caller, 'use:models')
  const model = await chooseMessageModel(gateway, caller, prompt.model)
  return estimateInputTokens(toChatPrompt(prompt, model))
}
