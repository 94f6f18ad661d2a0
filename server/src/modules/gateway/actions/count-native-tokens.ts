import { type NativePrompt, nativePromptSchema } from '../anthropic-native-contract.ts'
import { type NativeInput, parseBody } from '../native-call.ts'
import type { Candidate } from './resolve-route.ts'

/** What Anthropic counts in a prompt. Nothing is charged. */
export async function countNativeTokens(
  { deployment, keys: [key] }: Candidate,
  { body, betas, signal, requestId }: Omit<NativeInput, 'tag' | 'route'>,
): Promise<number> {
  const { model: _, ...sent } = parseBody<NativePrompt>(nativePromptSchema, body)
  const countTokens = key?.provider.countTokens
  if (!countTokens) throw new Error(`The provider ${deployment.providerId} counts no tokens.`)
  return countTokens({ body: sent, betas }, deployment.deploymentModel, signal, requestId)
}
