import type { OutputItem } from '../responses-contract.ts'
import { joinDetails, packDetails, type ReasoningDetail } from './reasoning-details.ts'
import {
  itemId,
  messageItem,
  type ResponseHead,
  reasoningItem,
  shownItem,
  statusOf,
  textPart,
} from './responses-answer.ts'

/** An event before it has its number in the stream. */
export type UnnumberedEvent = { type: string } & Record<string, unknown>

/** A piece of a tool call, as chat completions stream it. */
export interface CallPiece {
  readonly index?: number | null | undefined
  readonly id?: string | null | undefined
  readonly function?:
    | { readonly name?: string | null | undefined; readonly arguments?: string | null | undefined }
    | null
    | undefined
}

interface Writing {
  readonly kind: 'reasoning' | 'message' | 'call'
  readonly id: string
  readonly index: number
  text: string
  refusal: string
  details: ReasoningDetail[]
  callIndex: number
  callId: string
  name: string
  /** Its part or item has been announced. */
  announced: boolean
  ended: OutputItem | undefined
}

type Events = Generator<UnnumberedEvent, void, undefined>

/** Writes the items of a response as events. */
export interface ItemWriter {
  addReasoning(text: string, details: readonly ReasoningDetail[]): Events
  addText(text: string): Events
  addRefusal(text: string): Events
  addCallPiece(piece: CallPiece): Events
  end(finishReason: string | undefined): Events
  /** The items as they ended. */
  output(): OutputItem[]
}

/**
 * States of an item: announced → written → ended. Reasoning ends where anything follows it, a text where a call does, and calls,
 * whose pieces may come mixed, at the end of the stream.
 */
export function createItemWriter(head: ResponseHead): ItemWriter {
  const items: Writing[] = []
  /** The reasoning or text that what comes next may still belong to. */
  let current: Writing | undefined

  function open(kind: Writing['kind']): Writing {
    const prefix = ({ reasoning: 'rs', message: 'msg', call: 'fc' } as const)[kind]
    const index = items.length
    const blank = { text: '', refusal: '', details: [], callIndex: 0, callId: '', name: '' }
    const item = {
      kind,
      id: itemId(prefix, head, index),
      index,
      ...blank,
      announced: false,
      ended: undefined,
    }
    items.push(item)
    return item
  }

  function* switchTo(kind: 'reasoning' | 'message'): Generator<UnnumberedEvent, Writing, undefined> {
    if (current?.kind === kind) return current
    if (current) yield* endItem(current, 'completed')
    current = open(kind)
    const item =
      kind === 'reasoning'
        ? shownItem(reasoningItem(current.id, '', null, 'in_progress'))
        : { type: 'message', id: current.id, role: 'assistant', status: 'in_progress', content: [] }
    yield { type: 'response.output_item.added', output_index: current.index, item }
    return current
  }

  function* writePart(item: Writing, kind: 'text' | 'refusal', delta: string): Events {
    const content_index = kind === 'refusal' && item.text !== '' ? 1 : 0
    const place = { item_id: item.id, output_index: item.index, content_index }
    if (item[kind] === '') {
      const part = kind === 'text' ? textPart('') : { type: 'refusal', refusal: '' }
      yield { type: 'response.content_part.added', ...place, part }
    }
    item[kind] += delta
    if (kind === 'text') yield { type: 'response.output_text.delta', ...place, delta, logprobs: [] }
    else yield { type: 'response.refusal.delta', ...place, delta }
  }

  function* endItem(item: Writing, status: 'completed' | 'incomplete'): Events {
    if (item.ended) return
    const place = { item_id: item.id, output_index: item.index }
    if (item.kind === 'reasoning') {
      const packed = packDetails(joinDetails(item.details))
      item.ended = reasoningItem(item.id, item.text, packed, 'completed')
      if (item.text !== '') {
        const part = { type: 'summary_text', text: item.text }
        yield { type: 'response.reasoning_summary_text.done', ...place, summary_index: 0, text: item.text }
        yield { type: 'response.reasoning_summary_part.done', ...place, summary_index: 0, part }
      }
    } else if (item.kind === 'message') {
      const ended = messageItem(item.id, item.text, item.refusal, status)
      item.ended = ended
      for (const [content_index, part] of (ended.type === 'message' ? ended.content : []).entries()) {
        if (part.type === 'output_text')
          yield { type: 'response.output_text.done', ...place, content_index, text: part.text, logprobs: [] }
        else yield { type: 'response.refusal.done', ...place, content_index, refusal: part.refusal }
        yield { type: 'response.content_part.done', ...place, content_index, part }
      }
    } else {
      if (!item.announced) yield* announceCall(item)
      item.ended = callItem(item, item.text, status)
      yield {
        type: 'response.function_call_arguments.done',
        ...place,
        name: item.name,
        arguments: item.text,
      }
    }
    const withPacked = head.request.include?.includes('reasoning.encrypted_content')
    const shown = withPacked ? item.ended : shownItem(item.ended)
    yield { type: 'response.output_item.done', output_index: item.index, item: shown }
  }

  function callItem(item: Writing, text: string, status: 'in_progress' | 'completed' | 'incomplete') {
    const { id, callId, name } = item
    return { type: 'function_call' as const, id, call_id: callId, name, arguments: text, status }
  }

  function* announceCall(item: Writing): Events {
    item.announced = true
    item.callId ||= `call_${head.requestId}_${item.index}`
    yield {
      type: 'response.output_item.added',
      output_index: item.index,
      item: callItem(item, '', 'in_progress'),
    }
    if (item.text !== '') yield argumentsDelta(item, item.text)
  }

  const argumentsDelta = (item: Writing, delta: string) => ({
    type: 'response.function_call_arguments.delta',
    item_id: item.id,
    output_index: item.index,
    delta,
  })

  return {
    *addReasoning(text, details) {
      const item = yield* switchTo('reasoning')
      item.details.push(...details)
      if (text === '') return
      const place = { item_id: item.id, output_index: item.index, summary_index: 0 }
      if (item.text === '') {
        const part = { type: 'summary_text', text: '' }
        yield { type: 'response.reasoning_summary_part.added', ...place, part }
      }
      item.text += text
      yield { type: 'response.reasoning_summary_text.delta', ...place, delta: text }
    },
    *addText(text) {
      yield* writePart(yield* switchTo('message'), 'text', text)
    },
    *addRefusal(text) {
      yield* writePart(yield* switchTo('message'), 'refusal', text)
    },
    *addCallPiece(piece) {
      if (current) yield* endItem(current, 'completed')
      current = undefined
      const callIndex = piece.index ?? 0
      let item = items.findLast((one) => one.kind === 'call' && one.callIndex === callIndex)
      // Some servers number all calls alike, and tell them apart by their ids.
      if (!item || (piece.id && item.callId && piece.id !== item.callId)) {
        item = open('call')
        item.callIndex = callIndex
      }
      item.callId ||= piece.id ?? ''
      item.name ||= piece.function?.name ?? ''
      const delta = piece.function?.arguments ?? ''
      item.text += delta
      // A call cannot begin before its name is known.
      if (!item.announced && item.name !== '') yield* announceCall(item)
      else if (item.announced && delta !== '') yield argumentsDelta(item, delta)
    },
    *end(finishReason) {
      for (const item of items) yield* endItem(item, statusOf(finishReason))
      // An answer of nothing is a message of nothing.
    },
    output: () => items.flatMap(({ ended }) => ended ?? []),
  }
}
