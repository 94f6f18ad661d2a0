import { isObject } from './json-object.ts'
import { pieces } from './whole-completion.ts'

type Json = Readonly<Record<string, unknown>>

/**
 * The whole message that the events of Anthropic's protocol are parts of; undefined where they have no end, or say
 * something in a way that is not known here.
 */
export function wholeOfEvents(events: readonly Json[]): Json | undefined {
  let message: Json | undefined
  let hasEnded = false
  const blocks = new Map<unknown, Json>()
  const inputs = new Map<unknown, string>()
  for (const event of events) {
    const { type, index } = event
    if (type === 'message_start' && isObject(event.message)) message = event.message
    else if (type === 'content_block_start' && isObject(event.content_block))
      blocks.set(index, event.content_block)
    else if (type === 'content_block_delta' && isObject(event.delta)) {
      const block = blocks.get(index)
      if (!block) return undefined
      if (event.delta.type === 'input_json_delta')
        inputs.set(index, (inputs.get(index) ?? '') + String(event.delta.partial_json ?? ''))
      else {
        const grown = grow(block, event.delta)
        if (!grown) return undefined
        blocks.set(index, grown)
      }
    } else if (type === 'message_delta' && message) {
      const { type: _type, delta, usage, ...others } = event
      message = {
        ...message,
        ...others,
        ...(isObject(delta) ? delta : {}),
        usage: { ...(isObject(message.usage) ? message.usage : {}), ...(isObject(usage) ? said(usage) : {}) },
      }
    } else if (type === 'message_stop') hasEnded = true
  }
  if (!message || !hasEnded) return undefined
  for (const [index, text] of inputs) {
    const input = parsed(text === '' ? '{}' : text)
    const block = blocks.get(index)
    if (!input || !block) return undefined
    blocks.set(index, { ...block, input })
  }
  return { ...message, content: [...blocks.values()] }
}

function grow(block: Json, delta: Json): Json | undefined {
  const appended = (name: string) => ({ ...block, [name]: String(block[name] ?? '') + String(delta[name]) })
  switch (delta.type) {
    case 'text_delta':
      return appended('text')
    case 'thinking_delta':
      return appended('thinking')
    case 'signature_delta':
      return { ...block, signature: delta.signature }
    case 'citations_delta':
      return {
        ...block,
        citations: [...(Array.isArray(block.citations) ? block.citations : []), delta.citation],
      }
    default:
      return undefined
  }
}

/** What an event leaves empty stays as it was said before. */
function said(usage: Json): Json {
  return Object.fromEntries(Object.entries(usage).filter(([, value]) => value !== null))
}

function parsed(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** A whole message as the events of a stream. */
export function eventsOfMessage(message: Json): Json[] {
  const { content, stop_reason, stop_sequence, stop_details, usage, ...head } = message
  const blocks = Array.isArray(content) ? content.filter(isObject) : []
  const counted = isObject(usage) ? usage : {}
  const details = stop_details === undefined ? {} : { stop_details }
  return [
    {
      type: 'message_start',
      message: {
        ...head,
        content: [],
        stop_reason: null,
        stop_sequence: null,
        ...(stop_details === undefined ? {} : { stop_details: null }),
        usage: { ...counted, output_tokens: 0 },
      },
    },
    ...blocks.flatMap((block, index) => [
      { type: 'content_block_start', index, content_block: begun(block) },
      ...deltasOf(block).map((delta) => ({ type: 'content_block_delta', index, delta })),
      { type: 'content_block_stop', index },
    ]),
    { type: 'message_delta', delta: { stop_reason, stop_sequence, ...details }, usage: counted },
    { type: 'message_stop' },
  ]
}

/** A block before anything is said in it; one that comes at once is whole. */
function begun(block: Json): Json {
  switch (block.type) {
    case 'text':
      return { ...block, text: '', ...(Array.isArray(block.citations) ? { citations: [] } : {}) }
    case 'thinking':
      return { ...block, thinking: '', signature: '' }
    default:
      return hasInput(block) ? { ...block, input: {} } : block
  }
}

function deltasOf(block: Json): Json[] {
  if (block.type === 'text')
    return [
      ...pieces(String(block.text ?? '')).map((text) => ({ type: 'text_delta', text })),
      ...(Array.isArray(block.citations) ? block.citations : []).map((citation: unknown) => ({
        type: 'citations_delta',
        citation,
      })),
    ]
  if (block.type === 'thinking')
    return [
      ...pieces(String(block.thinking ?? '')).map((thinking) => ({ type: 'thinking_delta', thinking })),
      { type: 'signature_delta', signature: block.signature },
    ]
  return hasInput(block) ? [{ type: 'input_json_delta', partial_json: JSON.stringify(block.input) }] : []
}

function hasInput({ type, input }: Json): boolean {
  return (type === 'tool_use' || type === 'server_tool_use' || type === 'mcp_tool_use') && isObject(input)
}
