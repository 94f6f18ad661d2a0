import type { HeaderReader } from '../../../platform/auth/credentials.ts'
import type { Caller } from '../../../platform/context.ts'
import { withTenant } from '../../../platform/db/transactions.ts'
import { unlessRefused } from '../../../platform/errors.ts'
import { isId } from '../../../platform/ids.ts'
import { fieldNotSupported, responseNotFound } from '../errors.ts'
import type { Gateway } from '../gateway.ts'
import { traitsOf } from '../key-pool.ts'
import type { OutputItem, ResponseRequest } from '../responses-contract.ts'
import type { ResponseItem } from '../responses-items.ts'
import { listTurnsUpTo, ownerOf } from '../responses-store.ts'
import { callerOutputCap } from '../rules/bound-call.ts'
import type { ModelDeployment } from '../rules/catalogue.ts'
import { estimateInputTokens } from '../rules/estimate-tokens.ts'
import type { ResponseHead } from '../rules/responses-answer.ts'
import { responseToChat } from '../rules/responses-request.ts'
import { truncateItems } from '../rules/truncate-items.ts'
import { openTurnSeal } from '../sealed-responses.ts'
import type { ChatInput } from './complete-chat.ts'
import { resolveRoute } from './resolve-route.ts'

export interface ResponseInput {
  requestId: string
  request: ResponseRequest
  /** What the caller said it is for. */
  tag: string | null
  headers?: HeaderReader | undefined
  /** Takes headers that the answer is to have. */
  tell?: ((headers: Readonly<Record<string, string>>) => void) | undefined
  signal: AbortSignal
}

export interface PreparedResponse {
  chat: ChatInput & { body: ReturnType<typeof responseToChat> }
  head: ResponseHead
  /** What is new in this turn. */
  input: readonly ResponseItem[]
  /** The turns it goes on from, the oldest first. */
  turnIds: readonly string[]
}

/** Each turn is sent again with every later one: more of them than this fit no model. */
const mostTurns = 1_000
/** Kept free for the answer of a caller who named no cap, where the oldest turns may go. */
const roomForAnswer = 4_096

/**
 * The chat call that a response is, for the model it asks for and with the turns it goes on from.
 * @throws response_not_found (404), field_not_supported (400) and what resolveRoute does
 */
export async function prepareResponse(
  gateway: Gateway,
  caller: Caller,
  { request, ...sent }: ResponseInput,
): Promise<PreparedResponse> {
  const previous = request.previous_response_id
  const { items: before, ids: turnIds } = previous
    ? await loadTurns(gateway, caller, previous)
    : { items: [], ids: [] }
  const { input: given } = request
  const input: readonly ResponseItem[] =
    typeof given === 'string' ? [{ type: 'message', role: 'user', content: given }] : given
  const all = [...before, ...input]
  const plain = unlessRefused(() => responseToChat(request, all, { id: '', traits: traitsOf([]) }))
  const route = await resolveRoute(gateway, caller, {
    model: request.model,
    kind: 'chat',
    ...(plain ? { body: plain } : {}),
  })
  const traits = new Map(route.candidates.map(({ deployment, keys }) => [deployment, traitsOf(keys)]))
  const bodyFor = (deployment: ModelDeployment) => {
    const { id, contextTokens } = deployment
    const toChat = (items: readonly ResponseItem[]) =>
      responseToChat(request, items, { id, traits: traits.get(deployment) ?? traitsOf([]) })
    const fits = (items: readonly ResponseItem[]) => {
      const chat = toChat(items)
      return estimateInputTokens(chat) + (callerOutputCap(chat) ?? roomForAnswer) <= (contextTokens ?? 0)
    }
    const mayCut = request.truncation === 'auto' && contextTokens !== null
    return toChat(mayCut ? truncateItems(all, fits) : all)
  }
  const able = route.candidates.find((one) => unlessRefused(() => bodyFor(one.deployment)) !== undefined)
  const { deployment } = able ?? route.candidates[0]
  const body = bodyFor(deployment)
  if (body.messages.length === 0)
    throw fieldNotSupported({
      message: 'The input holds nothing that a model could be asked.',
      details: { param: 'input' },
    })
  const createdAt = gateway.platform.clock.now()
  return {
    chat: { ...sent, purpose: 'chat', body, bodyFor, route },
    head: { requestId: sent.requestId, model: deployment.id, request, createdAt },
    input,
    turnIds,
  }
}

/** The uuid in `resp_<uuid>`; undefined for what cannot be an id of ours. */
export function responseIdOf(name: string): string | undefined {
  const id = name.startsWith('resp_') ? name.slice('resp_'.length) : name
  return isId(id) ? id : undefined
}

export function noSuchResponse(name: string, param: string | null = null) {
  return responseNotFound({
    message: `There is no response '${name.slice(0, 100)}' here: it was never stored, was deleted, or has expired.`,
    details: { param },
  })
}

async function loadTurns(gateway: Gateway, caller: Caller, name: string) {
  const { platform } = gateway
  const id = responseIdOf(name)
  if (!id) throw noSuchResponse(name, 'previous_response_id')
  return withTenant(platform, caller, async (scope) => {
    const rows = await listTurnsUpTo(scope.tx, id, ownerOf(caller), scope.now, mostTurns)
    const [oldest] = rows
    if (!oldest) throw noSuchResponse(name, 'previous_response_id')
    if (oldest.previousId !== null)
      throw responseNotFound({
        message:
          rows.length >= mostTurns
            ? `The conversation of '${name}' has more than ${mostTurns} turns. Begin a new one.`
            : `'${name}' goes on from 'resp_${oldest.previousId}', which was deleted or has expired.`,
        details: { param: 'previous_response_id' },
      })
    const seal = await openTurnSeal(platform, scope)
    const items = rows.flatMap((row): ResponseItem[] => {
      const { input, answer } = seal.open(row)
      return [...input, ...answer.output.map(asInput)]
    })
    return { items, ids: rows.map((row) => row.id) }
  })
}

/** What was answered is a part of what is asked next. A failed answer is never stored, so no item has failed. */
function asInput(item: OutputItem): ResponseItem {
  if (item.type === 'reasoning') {
    const { type, id, summary, encrypted_content: packed } = item
    return { type, id, summary, encrypted_content: packed ?? null }
  }
  if (item.type === 'function_call') {
    const { type, id, call_id: callId, name, arguments: text } = item
    return { type, id, call_id: callId, name, arguments: text }
  }
  const content = item.content.map((part) =>
    part.type === 'refusal' ? part : { type: 'output_text' as const, text: part.text },
  )
  return { type: 'message', role: 'assistant', id: item.id, content }
}
