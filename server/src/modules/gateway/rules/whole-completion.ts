import { isObject } from './json-object.ts'

type Json = Readonly<Record<string, unknown>>

/**
 * The whole completion that the chunks of a stream are parts of; undefined where they have no end. Texts of a delta are
 * joined, items of a list with an index are joined with that of the same index, and of anything else the last counts.
 */
export function wholeOfChunks(chunks: readonly Json[]): Json | undefined {
  let head: Json = {}
  let message: Json = {}
  let finishReason: unknown
  let logprobs: unknown
  for (const { choices, object: _object, ...rest } of chunks) {
    head = { ...head, ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null)) }
    const [choice] = Array.isArray(choices) ? choices : []
    if (!isObject(choice)) continue
    if (isObject(choice.delta)) message = joined(message, choice.delta)
    if (isObject(choice.logprobs))
      logprobs = isObject(logprobs) ? joined(logprobs, choice.logprobs) : choice.logprobs
    finishReason = choice.finish_reason ?? finishReason
  }
  if (typeof finishReason !== 'string') return undefined
  const whole = {
    role: 'assistant',
    content: null,
    ...message,
    ...(Array.isArray(message.tool_calls) ? { tool_calls: message.tool_calls.map(withoutIndex) } : {}),
  }
  return {
    ...head,
    object: 'chat.completion',
    choices: [{ index: 0, message: whole, logprobs: logprobs ?? null, finish_reason: finishReason }],
  }
}

function joined(before: Json, delta: Json): Json {
  const after: Record<string, unknown> = { ...before }
  for (const [name, value] of Object.entries(delta)) {
    const known = after[name]
    if (typeof known === 'string' && typeof value === 'string' && !named.has(name))
      after[name] = known + value
    else if (Array.isArray(known) && Array.isArray(value)) after[name] = joinedLists(known, value)
    else if (isObject(known) && isObject(value)) after[name] = joined(known, value)
    else if (value !== null || known === undefined) after[name] = value
  }
  return after
}

/** Said again and not gone on with. */
const named: ReadonlySet<string> = new Set(['role', 'id', 'type', 'name', 'format'])

function joinedLists(before: readonly unknown[], more: readonly unknown[]): unknown[] {
  const after = [...before]
  for (const item of more) {
    const index = isObject(item) && typeof item.index === 'number' ? item.index : undefined
    const at = after.findIndex((one) => isObject(one) && index !== undefined && one.index === index)
    const known = after[at]
    if (isObject(known) && isObject(item)) after[at] = joined(known, item)
    else after.push(item)
  }
  return after
}

function withoutIndex(call: unknown): unknown {
  if (!isObject(call)) return call
  const { index: _index, ...rest } = call
  return rest
}

const charactersInAChunk = 80

/** A whole completion as the chunks of a stream. */
export function chunksOfWhole(whole: Json, withUsage: boolean): Json[] {
  const { choices, usage, object: _object, ...head } = whole
  const [choice] = Array.isArray(choices) ? choices : []
  if (!isObject(choice) || !isObject(choice.message)) return []
  const { role, content, tool_calls, ...others } = choice.message
  const chunk = (delta: Json, finishReason: unknown = null, logprobs: unknown = null) => ({
    ...head,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, logprobs, finish_reason: finishReason }],
    ...(withUsage ? { usage: null } : {}),
  })
  const texts = typeof content === 'string' ? pieces(content) : []
  const calls = Array.isArray(tool_calls) ? tool_calls : []
  return [
    chunk({ role: role ?? 'assistant', content: texts.length > 0 ? '' : null, ...others }),
    ...texts.map((text) => chunk({ content: text })),
    ...calls.map((call: unknown, index) =>
      chunk({ tool_calls: [isObject(call) ? { index, ...call } : call] }),
    ),
    chunk({}, choice.finish_reason, choice.logprobs ?? null),
    ...(withUsage ? [{ ...head, object: 'chat.completion.chunk', choices: [], usage: usage ?? null }] : []),
  ]
}

/** Cut between characters. */
export function pieces(text: string): string[] {
  const characters = [...text]
  const all: string[] = []
  for (let from = 0; from < characters.length; from += charactersInAChunk)
    all.push(characters.slice(from, from + charactersInAChunk).join(''))
  return all
}
