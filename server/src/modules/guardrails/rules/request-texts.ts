import { isJsonObject } from './answer-texts.ts'

/** The messages of a request, as far as guards know them. */
export interface GuardedBody {
  readonly messages: readonly GuardedMessage[]
  readonly response_format?: unknown
}
export interface GuardedMessage {
  readonly role: string
  readonly content?: unknown
  readonly tool_calls?: unknown
}

export type Author = 'system' | 'user' | 'assistant' | 'tool'

export interface RequestText {
  readonly author: Author
  readonly text: string
}

const authors: Readonly<Record<string, Author>> = {
  system: 'system',
  developer: 'system',
  user: 'user',
  assistant: 'assistant',
  tool: 'tool',
  function: 'tool',
}

/** Every text of the messages, in their order: contents, the texts among their parts, the inputs of tools. */
export function requestTexts({ messages }: GuardedBody): RequestText[] {
  const texts: RequestText[] = []
  for (const message of messages) {
    const author = authors[message.role] ?? 'user'
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
  return { ...body, messages: body.messages.map((message) => mapMessage(message, replace)) }
}

function mapMessage<Message extends GuardedMessage>(
  message: Message,
  replace: (text: string) => string,
): Message {
  const content = mapContent(message.content, replace)
  const calls = Array.isArray(message.tool_calls)
    ? message.tool_calls.map((call) => mapCall(call, replace))
    : message.tool_calls
  const isSame =
    content === message.content &&
    (calls === message.tool_calls ||
      (Array.isArray(calls) &&
        calls.every((call, index) => call === (message.tool_calls as unknown[])[index]))) // mapped from it
  return isSame
    ? message
    : {
        ...message,
        ...(content === undefined ? {} : { content }),
        ...(calls === undefined ? {} : { tool_calls: calls }),
      }
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

function mapStrings(value: unknown, replace: (text: string) => string): unknown {
  if (typeof value === 'string') return replace(value)
  if (Array.isArray(value)) {
    const mapped = value.map((one: unknown) => mapStrings(one, replace))
    return mapped.every((one, index) => one === value[index]) ? value : mapped
  }
  if (!isJsonObject(value)) return value
  const entries = Object.entries(value).map(([key, one]) => [key, mapStrings(one, replace)] as const)
  return entries.every(([key, one]) => one === value[key]) ? value : Object.fromEntries(entries)
}
