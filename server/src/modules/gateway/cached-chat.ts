import type { HeaderReader } from '../../platform/auth/credentials.ts'
import { requirePermission } from '../../platform/auth/permissions.ts'
import type { Caller } from '../../platform/context.ts'
import { recentOrganizationSettings } from '../organizations/index.ts'
import { type ChatInput, completeChat } from './actions/complete-chat.ts'
import { recordHit } from './actions/record-hit.ts'
import { resolveRoute } from './actions/resolve-route.ts'
import { streamChat } from './actions/stream-chat.ts'
import { isObject } from './adapters/json-value.ts'
import type { ChatRequest } from './contract.ts'
import type { Gateway } from './gateway.ts'
import { canonicalChat, comesOutTheSame } from './rules/cache-key.ts'
import { cacheHeader, readCacheWish } from './rules/cache-wish.ts'
import { chunksOfWhole, wholeOfChunks } from './rules/whole-completion.ts'

type Json = Readonly<Record<string, unknown>>
type Events = AsyncIterable<{ data: string; hidden: boolean }>

/** What a call has of kept answers. */
interface Opened {
  hit: Json | undefined
  keep(whole: Json): void
}

/** One whole answer: a kept one where there is one and the caller or the organization wants it. @throws what completeChat does */
export async function completeCachedChat(
  gateway: Gateway,
  caller: Caller,
  input: ChatInput,
  headers: HeaderReader,
): Promise<Json> {
  const opened = await openCache(gateway, caller, input, headers)
  if (opened?.hit) return opened.hit
  const { result } = await completeChat(gateway, caller, input)
  opened?.keep(result.body)
  return result.body
}

/** The same as chunks, whichever way the kept answer came. @throws what streamChat does */
export async function streamCachedChat(
  gateway: Gateway,
  caller: Caller,
  input: ChatInput,
  headers: HeaderReader,
): Promise<Events> {
  const opened = await openCache(gateway, caller, input, headers)
  if (opened?.hit) {
    const chunks = chunksOfWhole(opened.hit, asksForUsage(input.body))
    return eventsOf(chunks.map((chunk) => ({ data: JSON.stringify(chunk), hidden: false })))
  }
  const { chunks } = await streamChat(gateway, caller, input)
  return opened ? keeping(chunks, opened) : chunks
}

/** Undefined where nothing of this call is kept or given. */
async function openCache(
  gateway: Gateway,
  caller: Caller,
  input: ChatInput,
  headers: HeaderReader,
): Promise<Opened | undefined> {
  requirePermission(caller, 'use:models')
  const settings = await recentOrganizationSettings(gateway.platform, caller)
  const wish = readCacheWish(headers, settings.responseCacheSeconds)
  if (!wish) return undefined
  const { body } = input
  if ((!wish.reads && wish.ttlSeconds === undefined) || !(wish.isAsked || comesOutTheSame(body))) {
    input.tell?.({ [cacheHeader]: 'bypass' })
    return undefined
  }
  const { models, ...asked } = body
  // The names do not matter to what a strategy reads of it.
  const told = {
    model: body.model,
    ...(models ? { models } : {}),
    kind: 'chat',
    body: asked as ChatRequest,
  } as const
  const route = await resolveRoute(gateway, caller, told)
  const names = [...(body.model === undefined ? [] : [body.model]), ...(models ?? [])]
  const ids = route.candidates.map(({ deployment }) => deployment.id)
  if (await gateway.guardrails.policyFor(caller, names, ids)) {
    // Guards are to see each question and each answer, by the rules of today.
    input.tell?.({ [cacheHeader]: 'bypass' })
    return undefined
  }
  const cache = await gateway.answers.open(caller, settings.cacheEpoch)
  const deployments = route.candidates.map(({ key }) => key).toSorted()
  const question = JSON.stringify(['chat', deployments, canonicalChat(body)])
  const found = wish.reads ? await cache.find(question) : undefined
  if (found && isObject(found.value)) {
    const [{ deployment }] = route.candidates
    const { requestId, purpose, tag, prompt, tell } = input
    await recordHit(gateway, caller, { requestId, purpose, deployment, tag, prompt, tell })
    tell?.({ [cacheHeader]: 'hit', age: String(found.ageSeconds) })
    return { hit: found.value, keep: () => {} }
  }
  input.tell?.({ [cacheHeader]: 'miss' })
  return {
    hit: undefined,
    keep(whole) {
      if (wish.ttlSeconds !== undefined && isComplete(whole)) cache.keep(question, whole, wish.ttlSeconds)
    },
  }
}

/** Ended by itself: cut off by a cap or a filter it is no answer to the next. */
function isComplete({ choices }: Json): boolean {
  const [choice] = Array.isArray(choices) ? choices : []
  return isObject(choice) && (choice.finish_reason === 'stop' || choice.finish_reason === 'tool_calls')
}

const mostCharacters = 1_000_000

async function* keeping(chunks: Events, opened: Opened): AsyncGenerator<{ data: string; hidden: boolean }> {
  const said: string[] = []
  let characters = 0
  for await (const chunk of chunks) {
    characters += chunk.data.length
    if (characters <= mostCharacters) said.push(chunk.data)
    yield chunk
  }
  if (characters > mostCharacters) return
  // The provider's adapter has read each as an event.
  const whole = wholeOfChunks(said.map((data) => JSON.parse(data) as Json))
  if (whole) opened.keep(whole)
}

function asksForUsage({ stream_options: options }: ChatInput['body']): boolean {
  return isObject(options) && options.include_usage === true
}

async function* eventsOf<Event>(events: readonly Event[]): AsyncGenerator<Event> {
  yield* events
}
