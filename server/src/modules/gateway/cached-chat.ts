import { requirePermission } from '../../platform/auth/permissions.ts'
import type { Caller } from '../../platform/context.ts'
import { AppError, callerGone, unlessRefused } from '../../platform/errors.ts'
import { recentOrganizationSettings } from '../organizations/index.ts'
import { type ChatInput, completeChat } from './actions/complete-chat.ts'
import { namesOf } from './actions/guard-chat.ts'
import { recordHit } from './actions/record-hit.ts'
import { type Route, resolveRoute } from './actions/resolve-route.ts'
import { type ChatStream, streamChat } from './actions/stream-chat.ts'
import { isObject } from './adapters/json-value.ts'
import type { ChatChunk, ChatResult } from './adapters/provider.ts'
import type { ChatRequest } from './contract.ts'
import type { Lead } from './flights.ts'
import type { Gateway } from './gateway.ts'
import { chunksOf, isComplete, type KeptChat, readKeptChat, resultOf, wholeOf } from './kept-answer.ts'
import { comesOutTheSame } from './rules/cache-key.ts'
import { cacheQuestion } from './rules/cache-question.ts'
import { type CacheWish, cacheHeader, readCacheWish } from './rules/cache-wish.ts'
import type { Receipt } from './settle-call.ts'

/** What a call has of kept answers. */
type Opened =
  | { readonly hit: KeptChat; readonly receipt: Receipt }
  | {
      readonly hit: undefined
      /** Keeps what fits, and hands it to who waits for it. */
      keep(answer: KeptChat): void
      /** Whatever became of the call: nobody waits for it any more. */
      close(): void
    }

/** What fails to become an answer in the caller's protocol is no answer to the next. */
type Translate = (result: ChatResult) => unknown

/** Who waits for another's answer asks by themselves after so long: its reader may be slower than the provider. */
const longestWaitMs = 60_000
/** Who has waited for so many that failed waits for no other. */
const mostWaits = 2

/** One whole answer: a kept one where there is one and the caller or the organization wants it. @throws what completeChat does */
export async function completeCachedChat(
  gateway: Gateway,
  caller: Caller,
  input: ChatInput,
  translate?: Translate,
): ReturnType<typeof completeChat> {
  const opened = await openCache(gateway, caller, input, translate)
  if (!opened) return completeChat(gateway, caller, input)
  const { hit } = opened
  if (hit) return { result: resultOf(hit.body, isNative(input)), receipt: opened.receipt, model: hit.model }
  try {
    const answer = await completeChat(gateway, caller, input)
    const { result, receipt, model } = answer
    opened.keep({ body: result.body, model, costNanos: receipt.costNanos })
    return answer
  } finally {
    opened.close()
  }
}

/** The same as chunks, whichever way the kept answer came. @throws what streamChat does */
export async function streamCachedChat(
  gateway: Gateway,
  caller: Caller,
  input: ChatInput,
  translate?: Translate,
): Promise<ChatStream> {
  const opened = await openCache(gateway, caller, input, translate)
  if (!opened) return streamChat(gateway, caller, input)
  const { hit } = opened
  if (hit) {
    // What is translated reads the usage, whoever shows it then.
    const shows = input.bodyFor !== undefined || asksForUsage(input.body)
    const chunks = eventsOf(chunksOf(hit.body, { isNative: isNative(input), shows }))
    return { model: () => hit.model, chunks, receipt: () => opened.receipt }
  }
  try {
    const stream = await streamChat(gateway, caller, input)
    return { ...stream, chunks: keeping(stream, opened, isNative(input)) }
  } catch (error) {
    opened.close()
    throw error
  }
}

/** Undefined where nothing of this call is kept or given. */
async function openCache(
  gateway: Gateway,
  caller: Caller,
  input: ChatInput,
  translate: Translate | undefined,
): Promise<Opened | undefined> {
  requirePermission(caller, 'use:models')
  if (!input.headers) return undefined
  const settings = await recentOrganizationSettings(gateway.platform, caller)
  const wish = readCacheWish(input.headers, settings.responseCacheSeconds)
  if (!wish) return undefined
  const { tell } = input
  if ((!wish.reads && wish.ttlSeconds === undefined) || !(wish.isAsked || comesOutTheSame(askedOf(input)))) {
    tell?.({ [cacheHeader]: 'bypass' })
    return undefined
  }
  const route = input.route ?? (await routeOf(gateway, caller, input))
  const ids = route.candidates.map(({ deployment }) => deployment.id)
  if (await gateway.guardrails.policyFor(caller, namesOf(input, route) ?? ids, ids)) {
    // Guards are to see each question and each answer, by the rules of today.
    tell?.({ [cacheHeader]: 'bypass' })
    return undefined
  }
  const cache = await gateway.answers.open(caller, settings.cacheEpoch)
  const question = cacheQuestion(input, route)
  const give = async (hit: KeptChat, how: 'hit' | 'shared', ageSeconds: number): Promise<Opened> => {
    const wrote = route.candidates.find(({ deployment }) => deployment.id === hit.model)
    const { deployment } = wrote ?? route.candidates[0]
    const { requestId, purpose, tag, prompt } = input
    const call = { requestId, purpose, deployment, tag, prompt, tell }
    const receipt = await recordHit(gateway, caller, call, { cache: how, savedNanos: BigInt(hit.costNanos) })
    tell?.({ [cacheHeader]: how, age: String(ageSeconds) })
    return { hit, receipt }
  }
  let lead: Lead<KeptChat> | undefined
  for (let waits = 0; wish.reads && !lead && waits <= mostWaits; waits++) {
    const found = await cache.find(question)
    const kept = found && readKeptChat(found.value)
    if (kept) return give(kept, 'hit', found.ageSeconds)
    if (waits === mostWaits) break
    const flight = gateway.flights.join(cache.nameOf(question))
    if (flight.leads) lead = flight
    else {
      const shared = await flight.wait(input.signal, longestWaitMs).catch((error: unknown) => {
        throw error instanceof AppError ? error : callerGone({ cause: error })
      })
      if (shared) return give(shared, 'shared', 0)
    }
  }
  tell?.({ [cacheHeader]: 'miss' })
  return leading(input, wish, lead, translate, (answer, ttlSeconds) =>
    cache.keep(question, answer, ttlSeconds),
  )
}

function leading(
  input: ChatInput,
  { ttlSeconds }: CacheWish,
  lead: Lead<KeptChat> | undefined,
  translate: Translate | undefined,
  store: (answer: KeptChat, ttlSeconds: number) => Promise<void>,
): Opened {
  const close = () => {
    lead?.land(undefined)
    input.signal.removeEventListener('abort', close)
  }
  // Who has left may never read to the end of what would land it.
  input.signal.addEventListener('abort', close)
  return {
    hit: undefined,
    keep(answer) {
      const native = isNative(input)
      if (ttlSeconds === undefined || !isComplete(answer.body, native)) return
      const isAnswer =
        !translate || unlessRefused(() => translate(resultOf(answer.body, native))) !== undefined
      if (!isAnswer) return
      const stored = store(answer, ttlSeconds)
      lead?.land(answer, stored)
    },
    close,
  }
}

function routeOf(gateway: Gateway, caller: Caller, { body }: ChatInput): Promise<Route> {
  const { models, ...asked } = body
  return resolveRoute(gateway, caller, {
    model: body.model,
    ...(models ? { models } : {}),
    kind: 'chat',
    // The names do not matter to what a strategy reads of it.
    body: asked as ChatRequest,
  })
}

const mostCharacters = 1_000_000

async function* keeping(
  stream: ChatStream,
  opened: Extract<Opened, { hit: undefined }>,
  native: boolean,
): AsyncGenerator<ChatChunk> {
  const said: string[] = []
  let characters = 0
  try {
    for await (const chunk of stream.chunks) {
      characters += chunk.data.length
      if (characters <= mostCharacters) said.push(chunk.data)
      yield chunk
    }
    const body = characters <= mostCharacters ? wholeOf(said, native) : undefined
    const receipt = stream.receipt()
    if (body && receipt) opened.keep({ body, model: stream.model(), costNanos: receipt.costNanos })
  } finally {
    opened.close()
  }
}

function isNative({ native }: ChatInput): boolean {
  return native !== undefined
}

function askedOf({ native, body }: ChatInput): Readonly<Record<string, unknown>> {
  return native ? native.body : body
}

function asksForUsage({ stream_options: options }: ChatInput['body']): boolean {
  return isObject(options) && options.include_usage === true
}

async function* eventsOf<Event>(events: readonly Event[]): AsyncGenerator<Event> {
  yield* events
}
