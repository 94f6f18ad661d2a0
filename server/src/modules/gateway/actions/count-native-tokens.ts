import { type NativePrompt, nativePromptSchema } from '../anthropic-native-contract.ts'
import type { Gateway } from '../gateway.ts'
import { type NativeInput, parseBody } from '../native-call.ts'

/** What Anthropic counts in a prompt. Nothing is charged. */
export async function countNativeTokens(
  gateway: Gateway,
  { body, betas, deployment, signal, requestId }: Omit<NativeInput, 'tag'>,
): Promise<number> {
  const { model: _, ...sent } = parseBody<NativePrompt>(nativePromptSchema, body)
  const { countTokens } = gateway.providerOf(deployment)
  if (!countTokens) throw new Error(`The provider ${deployment.providerId} counts no tokens.`)
  return countTokens({ body: sent, betas }, deployment.deploymentModel, signal, requestId)
}
