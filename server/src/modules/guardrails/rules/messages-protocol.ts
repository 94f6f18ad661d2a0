import { wantedFormat } from './answer-format.ts'
import { collectTexts, isJsonObject, type Json, type JsonText, mapField, mapTexts } from './json-texts.ts'
import type { AnswerPiece, Author, GuardedBody, Protocol, RequestText } from './protocol.ts'

/** Anthropic's messages. */
export const messagesProtocol: Protocol = {
  requestTexts(body) {
    const texts: RequestText[] = []
    const take = (author: Author) => (text: string) => {
      texts.push({ author, text })
      return text
    }
    mapContent(body.system, 'system', take)
    for (const message of messagesOf(body)) mapContent(message.content, authorOf(message), take)
    return texts
  },
  mapRequestTexts(body, replace) {
    const by = () => replace
    const system = mapContent(body.system, 'system', by)
    const messages = messagesOf(body).map((message) => {
      const content = mapContent(message.content, authorOf(message), by)
      return content === message.content ? message : { ...message, content }
    })
    return { ...body, ...(system === undefined ? {} : { system }), messages }
  },
  countMessages: (body) => messagesOf(body).length,
  wantedFormat({ output_config: config }) {
    const format = isJsonObject(config) && isJsonObject(config.format) ? config.format : {}
    return wantedFormat({ type: format.type, json_schema: { schema: format.schema } })
  },
  createReader: createMessageReader,
  contents: (message) => {
    const blocks = blocksOf(message)
    const texts = blocks.map(({ type, text }) => (type === 'text' && typeof text === 'string' ? text : ''))
    return [{ text: texts.join(''), callsTools: blocks.some(isToolUse) }]
  },
  afterChange({ delta }) {
    const text = isJsonObject(delta) && delta.type === 'text_delta' ? delta.text : undefined
    return typeof text === 'string' ? text : ''
  },
}

function messagesOf({ messages }: GuardedBody): Json[] {
  return Array.isArray(messages) ? messages.filter(isJsonObject) : []
}

function authorOf({ role }: Json): Author {
  return role === 'assistant' || role === 'system' ? role : 'user'
}

function mapContent(
  content: unknown,
  author: Author,
  by: (author: Author) => (text: string) => string,
): unknown {
  if (!Array.isArray(content)) return mapTexts(content, by(author))
  const blocks = content.map((block: unknown) => mapBlock(block, author, by))
  return blocks.every((block, index) => block === content[index]) ? content : blocks
}

/** What a tool brought is a tool's, whoever hands it on. Addresses of pictures and files are no text. */
function mapBlock(block: unknown, author: Author, by: (author: Author) => (text: string) => string): unknown {
  if (!isJsonObject(block)) return block
  const writer = typeof block.type === 'string' && block.type.endsWith('_result') ? 'tool' : author
  const entries = Object.entries(block).map(([field, value]) => {
    if (field === 'source' && !isWritten(value)) return [field, value] as const
    if (field === 'content') return [field, mapContent(value, writer, by)] as const
    return [field, mapField(block, field, by(writer))] as const
  })
  return entries.every(([field, value]) => value === block[field]) ? block : Object.fromEntries(entries)
}

function isWritten(source: unknown): boolean {
  return isJsonObject(source) && (source.type === 'text' || source.type === 'content')
}

function blocksOf({ content }: Json): Json[] {
  return Array.isArray(content) ? content.filter(isJsonObject) : []
}

function isToolUse({ type }: Json): boolean {
  return type === 'tool_use'
}

/**
 * Text blocks in a row are one text, whose pieces have one path: clients put them together, and where a provider cuts them
 * must not matter. Anything else between them ends it.
 */
function createMessageReader(): (piece: Json) => AnswerPiece {
  let run = 0
  let citations = 0
  const runPath = () => `text ${run}`

  function textsOf(block: Json, index: unknown): JsonText[] {
    if (block.type !== 'text' && block.type !== 'text_delta') {
      if (block.type === 'citations_delta') citations += 1
      // Each is whole, though all of a block come under one name.
      const where = block.type === 'citations_delta' ? `${index}.citation${citations}` : String(index)
      return collectTexts(block, where)
    }
    const { text, ...others } = block
    const set = (changed: string) => {
      block.text = changed
    }
    const own = typeof text === 'string' && text !== '' ? [{ path: runPath(), text, isJson: false, set }] : []
    return [...own, ...collectTexts(others, String(index))]
  }

  /** @returns whether it ends the text before it */
  function begin(block: Json): boolean {
    if (block.type === 'text') return false
    run += 1
    return true
  }

  return (piece) => {
    const { type, index } = piece
    const nothing = { texts: [], callsTools: false, ends: () => false }
    if (type === 'content_block_start' && isJsonObject(piece.content_block)) {
      const block = piece.content_block
      const before = runPath()
      const isEnd = begin(block)
      const texts = textsOf(block, index)
      return { texts, callsTools: isToolUse(block), ends: (path) => isEnd && path === before }
    }
    if (type === 'content_block_stop') return { ...nothing, ends: (path) => path.startsWith(`${index}.`) }
    if (type === 'content_block_delta' && isJsonObject(piece.delta))
      return { ...nothing, texts: textsOf(piece.delta, index) }
    // Why it stopped are words of the protocol.
    if (type === 'message_delta' && isJsonObject(piece.delta)) {
      const details = piece.delta.stop_details
      return { ...nothing, texts: isJsonObject(details) ? collectTexts(details, 'stop') : [] }
    }
    const message = type === 'message_start' && isJsonObject(piece.message) ? piece.message : piece
    const blocks = blocksOf(message)
    const texts = blocks.flatMap((block, position) => {
      begin(block)
      return textsOf(block, position)
    })
    const details = isJsonObject(message.stop_details) ? collectTexts(message.stop_details, 'stop') : []
    return { ...nothing, texts: [...texts, ...details], callsTools: blocks.some(isToolUse) }
  }
}
