import { type ErrorSource, make } from '../http/map-error.ts'
import { isObject, type JsonObject, parseJson } from '../json-value.ts'
import type { ChatCall } from '../provider.ts'
import type { ProviderError } from '../provider-error.ts'
import { reasoningFormat } from './read-message.ts'

type Message = ChatCall['body']['messages'][number]
type Part = Exclude<Message['content'], string | null | undefined>[number]

/** A request that cannot be told: nothing is sent and nothing charged. */
export function refused(source: ErrorSource, param: string, why: string): ProviderError {
  return make(source, 'rejected', `cannot take this request: ${param} ${why}`, null, { param })
}

/**
 * Chat messages as Anthropic's. Results of tools are the user's there, and all of one turn stand in one message, with what
 * the user says behind them.
 */
export function toSystemAndMessages(
  chat: readonly Message[],
  source: ErrorSource,
): { system: JsonObject[]; messages: JsonObject[] } {
  const system: JsonObject[] = []
  const messages: { role: 'user' | 'assistant'; content: JsonObject[] }[] = []

  function add(role: 'user' | 'assistant', content: JsonObject[]): void {
    const last = messages.at(-1)
    if (last?.role === role) last.content.push(...content)
    else messages.push({ role, content })
  }

  for (const [index, message] of chat.entries()) {
    const at = `messages[${index}]`
    if (message.role === 'system' || message.role === 'developer')
      system.push(...blocksOf(message, at, source))
    else if (message.role === 'user') add('user', blocksOf(message, at, source))
    else if (message.role === 'tool') add('user', [toResult(message, at, source)])
    else if (message.role === 'assistant') add('assistant', assistantBlocks(message, at, source))
    else throw refused(source, `${at}.role`, 'must not be function for Anthropic')
  }
  return { system, messages: messages.filter(({ content }) => content.length > 0) }
}

function assistantBlocks(message: Message, at: string, source: ErrorSource): JsonObject[] {
  const details = Array.isArray(message.reasoning_details) ? message.reasoning_details.filter(isObject) : []
  const calls = (message.tool_calls ?? []).map((call, index) => {
    const param = `${at}.tool_calls[${index}]`
    if (!call.function) throw refused(source, `${param}.type`, 'must be function for Anthropic')
    const text = call.function.arguments
    const input = text.trim() === '' ? {} : parseJson(text)
    if (!isObject(input)) throw refused(source, `${param}.function.arguments`, 'is no JSON object')
    return { type: 'tool_use', id: call.id, name: call.function.name, input }
  })
  return [...details.flatMap(toThinking), ...blocksOf(message, at, source), ...calls]
}

/** Only what Anthropic signed or sealed itself: it refuses any other reasoning. */
function toThinking(detail: JsonObject): JsonObject[] {
  const { type, format, text, signature, data } = detail
  if (format !== undefined && format !== null && format !== reasoningFormat) return []
  if (type === 'reasoning.encrypted' && typeof data === 'string') return [{ type: 'redacted_thinking', data }]
  if (type !== 'reasoning.text' || typeof signature !== 'string') return []
  return [{ type: 'thinking', thinking: typeof text === 'string' ? text : '', signature }]
}

function toResult(message: Message, at: string, source: ErrorSource): JsonObject {
  const mark = isObject(message.cache_control) ? { cache_control: message.cache_control } : {}
  return {
    type: 'tool_result',
    tool_use_id: message.tool_call_id,
    content:
      typeof message.content === 'string'
        ? message.content
        : blocksOf({ ...message, cache_control: undefined }, at, source),
    ...mark,
  }
}

function blocksOf({ content, cache_control: mark }: Message, at: string, source: ErrorSource): JsonObject[] {
  if (content === null || content === undefined || content === '') return []
  const marked = isObject(mark) ? { cache_control: mark } : {}
  if (typeof content === 'string') return [{ type: 'text', text: content, ...marked }]
  const blocks = content
    // Anthropic refuses empty texts.
    .filter((part) => part.type !== 'text' || part.text !== '')
    .map((part, index) => toBlock(part, `${at}.content[${index}]`, source))
  const last = blocks.pop()
  return last ? [...blocks, { ...last, ...marked }] : []
}

function toBlock(part: Part, at: string, source: ErrorSource): JsonObject {
  const mark = isObject(part.cache_control) ? { cache_control: part.cache_control } : {}
  if (part.type === 'text') return { type: 'text', text: part.text, ...mark }
  if (part.type === 'refusal') return { type: 'text', text: part.refusal, ...mark }
  if (part.type === 'image_url' && isObject(part.image_url))
    return { type: 'image', source: sourceOf(String(part.image_url.url), at, source), ...mark }
  if (part.type === 'file' && isObject(part.file) && typeof part.file.file_data === 'string') {
    const document = sourceOf(part.file.file_data, at, source)
    const title = typeof part.file.filename === 'string' ? { title: part.file.filename } : {}
    return { type: 'document', source: document, ...title, ...mark }
  }
  throw refused(source, `${at}.type`, 'must be text, image_url or a file with its data for Anthropic')
}

function sourceOf(url: string, at: string, source: ErrorSource): JsonObject {
  const data = /^data:([\w.+-]+\/[\w.+-]+);base64,/.exec(url)
  if (data) return { type: 'base64', media_type: data[1], data: url.slice(data[0].length) }
  if (/^https?:\/\//.test(url)) return { type: 'url', url }
  throw refused(source, at, 'must be a data URL in base64, or begin with https://')
}
