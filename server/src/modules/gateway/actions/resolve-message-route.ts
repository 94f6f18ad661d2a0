import type { Caller } from '../../../platform/context.ts'
import { nativePromptSchema } from '../anthropic-native-contract.ts'
import type { Gateway } from '../gateway.ts'
import { measurableChat } from '../rules/native-messages.ts'
import { resolveRoute } from './resolve-route.ts'

export type { Candidate, Route } from './resolve-route.ts'

/** The route of a request in Anthropic's shape. What is wrong with the request is said later, by who reads all of it. */
export function resolveMessageRoute(
  gateway: Gateway,
  caller: Caller,
  body: { model: string },
  model: string | undefined = body.model,
) {
  const readable = nativePromptSchema.safeParse(body)
  return resolveRoute(gateway, caller, {
    model,
    kind: 'chat',
    ...(readable.success ? { body: measurableChat(readable.data) } : {}),
  })
}
