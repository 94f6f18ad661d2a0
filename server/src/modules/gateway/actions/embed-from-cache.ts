import type { HeaderReader } from '../../../platform/auth/credentials.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Caller } from '../../../platform/context.ts'
import { recentOrganizationSettings } from '../../organizations/index.ts'
import { isObject } from '../adapters/json-value.ts'
import type { KeptAnswer } from '../answer-cache.ts'
import type { EmbeddingsRequest } from '../contract.ts'
import type { Gateway } from '../gateway.ts'
import { canonical } from '../rules/cache-key.ts'
import { cacheHeader, readCacheWish } from '../rules/cache-wish.ts'
import { embedTexts } from './embed-texts.ts'
import { guardEmbedding } from './guard-embedding.ts'
import { recordHit } from './record-hit.ts'
import type { Route } from './resolve-route.ts'

type Json = Readonly<Record<string, unknown>>
type EmbedInput = Parameters<typeof embedTexts>[2] & { route: Route }

/** Embeds texts; of those that were embedded before, kept vectors are given. @throws what embedTexts does */
export async function embedFromCache(
  gateway: Gateway,
  caller: Caller,
  input: EmbedInput,
  headers: HeaderReader,
): Promise<Json> {
  requirePermission(caller, 'use:models')
  const settings = await recentOrganizationSettings(gateway.platform, caller)
  const wish = readCacheWish(headers, settings.responseCacheSeconds)
  const { route, tell } = input
  const { body, guardrails } = await guardEmbedding(gateway, caller, input)
  const guarded = { ...input, body, guardrails }
  if (!wish) return (await embedTexts(gateway, caller, guarded)).result.body
  if (!wish.reads && wish.ttlSeconds === undefined) {
    tell?.({ [cacheHeader]: 'bypass' })
    return (await embedTexts(gateway, caller, guarded)).result.body
  }
  const cache = await gateway.answers.open(caller, settings.cacheEpoch)
  const [{ deployment, key }] = route.candidates
  const texts = inputsOf(body)
  const { input: _input, user: _user, model: _model, ...fields } = body
  const terms = canonical(fields)
  const questions = texts.map((text) => JSON.stringify(['vector', key, terms, text]))
  const found = wish.reads
    ? await Promise.all(questions.map(async (one) => readKeptVector(await cache.find(one))))
    : []
  const savedNanos = found.reduce((sum, one) => sum + (one?.costNanos ?? 0n), 0n)
  const missing = [...new Map(questions.map((question, at) => [question, at])).values()].filter(
    (at) => !found[at],
  )
  if (missing.length === 0) {
    const { requestId, tag } = input
    const call = { requestId, purpose: 'embedding', deployment, tag, tell } as const
    await recordHit(gateway, caller, call, { cache: 'hit', savedNanos, guardrails })
    tell?.({ [cacheHeader]: 'hit', age: String(Math.max(...found.map((one) => one?.ageSeconds ?? 0))) })
    const vectors = found.map((one) => one?.vector)
    const usage = { prompt_tokens: 0, total_tokens: 0 }
    return { object: 'list', data: listed(vectors), model: deployment.id, usage }
  }
  tell?.({ [cacheHeader]: 'miss' })
  // Tokens stay tokens and texts texts: what was one kind is one still.
  const asked = missing.map((at) => texts[at]) as EmbeddingsRequest['input']
  const { result, receipt } = await embedTexts(gateway, caller, {
    ...guarded,
    savedNanos,
    body: { ...body, input: asked },
  })
  const made = vectorsOf(result.body)
  const byQuestion = new Map(missing.map((at, index) => [questions[at], made[index]]))
  // Their shares, as nearly as it matters to what is saved.
  const costNanos = (BigInt(receipt.costNanos) / BigInt(missing.length)).toString()
  if (wish.ttlSeconds !== undefined)
    for (const [question, vector] of byQuestion)
      if (question !== undefined && vector !== undefined)
        void cache.keep(question, { vector, costNanos }, wish.ttlSeconds)
  const vectors = questions.map((question, at) => found[at]?.vector ?? byQuestion.get(question))
  return { ...result.body, data: listed(vectors) }
}

function readKeptVector(kept: KeptAnswer | undefined) {
  if (!kept || !isObject(kept.value)) return undefined
  const { vector, costNanos } = kept.value
  return { vector, costNanos: BigInt(String(costNanos)), ageSeconds: kept.ageSeconds }
}

function inputsOf({ input }: EmbeddingsRequest): (string | number[])[] {
  if (typeof input === 'string') return [input]
  const tokens = input.filter((one) => typeof one === 'number')
  return tokens.length > 0 ? [tokens] : input.filter((one) => typeof one !== 'number')
}

function vectorsOf({ data }: Json): unknown[] {
  return Array.isArray(data) ? data.map((one: unknown) => (isObject(one) ? one.embedding : undefined)) : []
}

function listed(vectors: readonly unknown[]) {
  return vectors.map((embedding, index) => ({ object: 'embedding', index, embedding }))
}
