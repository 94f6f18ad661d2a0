import { isJsonObject, type Json, mapStrings, mapTexts } from './json-texts.ts'
import type { Author, GuardedBody, RequestText } from './protocol.ts'

const authors: Readonly<Record<string, Author>> = {
  system: 'system',
  developer: 'system',
  user: 'user',
  assistant: 'assistant',
  tool: 'tool',
  function: 'tool',
}

/** Every text of the messages, in their order: contents, the texts among their parts, the inputs of tools, reasoning. */
export function requestTexts(body: GuardedBody): RequestText[] {
  const texts: RequestText[] = []
  for (const message of messagesOf(body)) {
    const author = authors[String(message.role)] ?? 'user'
    mapMessage(message, (text) => {
      texts.push({ author, text })
      return text
    })
  }
  return texts
}

/** The request with each text replaced; messages that stay what they are stay the same object. */
export function mapRequestTexts<Body extends GuardedBody>(
  body: Body,
  replace: (text: string) => string,
): Body {
  return { ...body, messages: messagesOf(body).map((message) => mapMessage(message, replace)) }
}

export function messagesOf({ messages }: GuardedBody): Json[] {
  return Array.isArray(messages) ? messages.filter(isJsonObject) : []
}

/** What a message may say beside its content; reasoning comes back with the answer it led to. */
const otherTexts = ['refusal', 'reasoning', 'reasoning_content', 'reasoning_details']

function mapMessage(message: Json, replace: (text: string) => string): Json {
  const { content, tool_calls: calls } = message
  const changed: Json = {}
  const take = (field: string, mapped: unknown) => {
    if (mapped !== message[field]) changed[field] = mapped
  }
  take('content', mapContent(content, replace))
  if (Array.isArray(calls)) {
    const mapped = calls.map((call: unknown) => mapCall(call, replace))
    if (mapped.some((call, index) => call !== calls[index])) changed.tool_calls = mapped
  }
  for (const field of otherTexts) take(field, mapTexts(message[field], replace))
  return Object.keys(changed).length === 0 ? message : { ...message, ...changed }
}

function mapContent(content: unknown, replace: (text: string) => string): unknown {
  if (typeof content === 'string') return replace(content)
  if (!Array.isArray(content)) return content
  const parts = content.map((part: unknown) => mapPart(part, replace))
  return parts.every((part, index) => part === content[index]) ? content : parts
}

/** `text` and `refusal` parts; images, sound and files have no text to look at. */
function mapPart(part: unknown, replace: (text: string) => string): unknown {
  if (!isJsonObject(part)) return part
  for (const field of ['text', 'refusal']) {
    const text = part[field]
    if (typeof text !== 'string') continue
    const result = replace(text)
    return result === text ? part : { ...part, [field]: result }
  }
  return part
}

/** The input of a tool is JSON: what stands in its strings is looked at, not how they are written. */
function mapCall(call: unknown, replace: (text: string) => string): unknown {
  if (!isJsonObject(call) || !isJsonObject(call.function)) return call
  const { arguments: input } = call.function
  if (typeof input !== 'string') return call
  let result: string
  try {
    const parsed: unknown = JSON.parse(input)
    const mapped = mapStrings(parsed, replace)
    result = mapped === parsed ? input : JSON.stringify(mapped)
  } catch {
    result = replace(input)
  }
  return result === input ? call : { ...call, function: { ...call.function, arguments: result } }
}
