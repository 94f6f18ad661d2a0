import { z } from '@hono/zod-openapi'
import { recordAudit } from '../../../platform/audit/record-audit.ts'
import type { Caller, Scope } from '../../../platform/context.ts'
import { withTenant } from '../../../platform/db/transactions.ts'
import { AppError } from '../../../platform/errors.ts'
import { type CallGuard, messagesProtocol, openCallGuard } from '../../guardrails/index.ts'
import { type GuardrailVerdict, recordUsage } from '../../ledger/index.ts'
import type { ChatChunk, ChatResult } from '../adapters/provider.ts'
import type { ChatRequest } from '../contract.ts'
import type { DescribedCall } from '../describe-call.ts'
import type { Gateway } from '../gateway.ts'
import type { ChatInput } from './complete-chat.ts'
import type { Route } from './resolve-route.ts'

const completionSchema = z.object({
  choices: z.tuple([z.object({ message: z.object({ content: z.string().nullish() }) })], z.unknown()),
})

/**
 * The guards of a call, which have looked at its request; undefined where the organization has none for it. A request that
 * is not let through is recorded, costs nothing and reaches no budget.
 * @throws guardrails.blocked (400)
 */
export async function guardChat(
  gateway: Gateway,
  caller: Caller,
  input: ChatInput,
  route: Route,
): Promise<CallGuard | undefined> {
  const deployments = route.candidates.map(({ deployment }) => deployment.id)
  const policy = await gateway.guardrails.policyFor(caller, namesOf(input, route) ?? deployments, deployments)
  if (!policy) return undefined
  const guard = input.native
    ? await openCallGuard(policy, input.native.body, { protocol: messagesProtocol })
    : await openCallGuard(policy, longestBody(input, route), {
        passages: input.passages?.map(({ text }) => text),
      })
  const refusal = guard.refusal()
  if (!refusal) return guard
  await recordRefusal(gateway, caller, input, route, guard, refusal)
  throw refusal
}

/** Writes down that a request was not let through: a record that costs nothing, and an entry of the audit log. */
export async function recordRefusal(
  gateway: Gateway,
  caller: Caller,
  call: RefusedCall,
  route: Route,
  guard: CallGuard,
  refusal: AppError,
): Promise<void> {
  await withTenant(gateway.platform, caller, async (scope) => {
    await recordRefused(scope, call, route, guard.verdicts(), refusal)
    await auditBlock(scope, call.requestId, guard.verdicts())
  })
}

type RefusedCall = Pick<DescribedCall, 'requestId' | 'purpose' | 'tag' | 'prompt'>

/** What the caller named, where an alias is among it; else every name is that of one deployment. */
export function namesOf(
  { body, route: resolved }: ChatInput,
  { alias }: Route,
): readonly string[] | undefined {
  if (alias === null) return undefined
  // The body of a route that was resolved before names what the alias stands for.
  if (resolved) return [alias]
  return [...(body.model === undefined ? [] : [body.model]), ...(body.models ?? [])]
}

/** Of the bodies that deployments would be sent: one with a small window may be told less. */
function longestBody({ body, bodyFor }: ChatInput, { candidates }: Route): ChatRequest {
  // A whole request but for the name of its model, which no guard reads.
  let longest = body as ChatRequest
  if (!bodyFor) return longest
  for (const { deployment } of candidates) {
    try {
      const written = bodyFor(deployment)
      if (written.messages.length > longest.messages.length) longest = written
    } catch (error) {
      // It cannot be told what is asked, and is not asked.
      if (!(error instanceof AppError)) throw error
    }
  }
  return longest
}

/** The answer as its caller is to see it. */
export function guardedResult(guard: CallGuard, result: ChatResult): ChatResult {
  const body = guard.answer(result.body)
  if (body === result.body) return result
  const parsed = completionSchema.safeParse(body)
  return {
    ...result,
    body,
    text: parsed.success ? (parsed.data.choices[0].message.content ?? '') : result.text,
  }
}

/**
 * The chunks of an answer through its guards; undefined where all may pass as they come. Where the answer is not let through,
 * what has begun ends as a content filter ends it, and the error is thrown; in Anthropic's protocol an error is an end.
 */
export function guardedStream(guard: CallGuard, isNative: boolean) {
  const held = guard.stream<ChatChunk>()
  if (!held) return undefined
  let last: ChatChunk | undefined
  function* leave(chunks: readonly ChatChunk[]): Generator<ChatChunk> {
    for (const chunk of chunks) {
      last = chunk
      yield chunk
    }
    const refusal = guard.answerRefusal()
    if (!refusal) return
    if (last && !isNative) yield filteredEnd(last)
    throw refusal
  }
  return {
    push: (chunk: ChatChunk) => leave(held.push(chunk)),
    end: () => leave(held.end()),
  }
}

const chunkSchema = z.looseObject({ choices: z.unknown(), usage: z.unknown() })

/** The chunk after which nothing comes, as the stream's other chunks are. */
function filteredEnd({ data }: ChatChunk): ChatChunk {
  const { usage: _, ...envelope } = chunkSchema.parse(JSON.parse(data))
  const choices = [{ index: 0, delta: {}, logprobs: null, finish_reason: 'content_filter' }]
  const finishReason = 'content_filter'
  return {
    data: JSON.stringify({ ...envelope, choices }),
    textDelta: '',
    usage: undefined,
    finishReason,
    hidden: false,
  }
}

/** Writes down that an answer was not let through. To be called once the call is settled. */
export async function recordBlockedAnswer(
  gateway: Gateway,
  caller: Caller,
  requestId: string,
  guard: CallGuard,
): Promise<void> {
  await withTenant(gateway.platform, caller, (scope) => auditBlock(scope, requestId, guard.verdicts()))
}

async function recordRefused(
  { caller, ...scope }: Scope,
  { requestId, purpose, tag, prompt }: RefusedCall,
  { alias, candidates: [{ deployment }] }: Route,
  guardrails: GuardrailVerdict[],
  refusal: AppError,
): Promise<void> {
  await recordUsage(
    { caller, ...scope },
    {
      requestId,
      purpose,
      model: deployment.id,
      provider: deployment.providerId,
      deployment: deployment.deploymentModel,
      apiKeyId: caller.apiKeyId,
      userId: caller.userId,
      projectId: caller.projectId,
      promptTokens: 0,
      cachedTokens: 0,
      completionTokens: 0,
      reasoningTokens: 0,
      costNanos: 0n,
      reportedCostNanos: null,
      costTerms: null,
      priceVersion: deployment.price.version,
      inputNanosPerMillion: deployment.price.inputNanosPerMillion,
      cachedInputNanosPerMillion: deployment.price.cachedInputNanosPerMillion,
      outputNanosPerMillion: deployment.price.outputNanosPerMillion,
      latencyMs: 0,
      timeToFirstTokenMs: null,
      status: 'error',
      errorCode: refusal.code,
      fallback: false,
      cache: 'miss',
      savedNanos: 0n,
      tag,
      alias,
      attempts: [],
      paidBy: 'installation',
      uncountedNanos: 0n,
      promptId: prompt?.id ?? null,
      promptVersion: prompt?.version ?? null,
      guardrails,
    },
  )
}

async function auditBlock(
  scope: Scope,
  requestId: string,
  verdicts: readonly GuardrailVerdict[],
): Promise<void> {
  const verdict = verdicts.find(({ action }) => action === 'block')
  if (!verdict) return
  const { guard, stage, count, score, kinds } = verdict
  await recordAudit(scope, {
    action: 'guardrails.block',
    entity: { type: 'usage_record', id: requestId },
    changes: { guard, stage, count, score, kinds },
  })
}
