import { z } from '@hono/zod-openapi'
import type { ChatChunk } from '../adapters/provider.ts'
import type { MessageEvent } from '../anthropic-contract.ts'
import { providerBadResponse } from '../errors.ts'
import {
  type AnswerHead,
  emptyMessage,
  inputIsNoObject,
  madeUpCallId,
  parseToolInput,
  stopOf,
  type TokenCounts,
  textBlock,
  toMessageUsage,
  toolUseBlock,
} from './anthropic-answer.ts'

const chunkSchema = z.object({
  choices: z.array(
    z.object({
      index: z.number().nullish(),
      native_finish_reason: z.string().nullish().catch(undefined),
      stop_reason: z.string().nullish().catch(undefined),
      delta: z
        .object({
          refusal: z.string().nullish(),
          tool_calls: z
            .array(
              z.object({
                index: z.number().nullish(),
                id: z.string().nullish(),
                function: z.object({ name: z.string().nullish(), arguments: z.string().nullish() }).nullish(),
              }),
            )
            .nullish(),
        })
        .nullish(),
    }),
  ),
})

type ToolCallPiece = NonNullable<
  NonNullable<z.infer<typeof chunkSchema>['choices'][number]['delta']>['tool_calls']
>[number]

/** A block of the answer as far as it has come. */
interface Block {
  readonly kind: 'text' | 'tool'
  readonly callIndex: number | undefined
  id: string
  name: string
  /** All of it, of a tool's input. */
  written: string
  /** What has not been sent. */
  waiting: string
}

/**
 * The events of Anthropic's stream for the chunks of a chat completion.
 *
 * States of a block: waiting → open → closed. Anthropic's blocks follow each other, the pieces of parallel calls may come
 * mixed; so one block is open at a time and sends as it is written, and what comes for a later one waits until the open one is
 * whole: a text once something follows it, a tool's input once it is a JSON object, which nothing can follow, and each
 * at the end of the stream. Nothing is open at the end.
 * @param expected what the first event says, as all that is known then
 * @param countAnyway the counts where the provider said none; asked for when the chunks have ended
 * @throws provider_bad_response (502) when a tool's input is no object
 */
export async function* toMessageEvents(
  chunks: AsyncIterable<ChatChunk>,
  head: AnswerHead,
  expected: TokenCounts,
  countAnyway: () => TokenCounts,
): AsyncGenerator<MessageEvent, void, undefined> {
  const blocks: Block[] = []
  let current = 0
  let isOpen = false
  let begun = false
  let usage: TokenCounts | undefined
  let finishReason: string | undefined
  let refusal = ''
  let nativeFinishReason: string | undefined
  let stopReason: string | undefined
  let malformed: Error | undefined

  function addText(text: string): void {
    const last = blocks.at(-1)
    if (last?.kind === 'text') last.waiting += text
    else blocks.push({ kind: 'text', callIndex: undefined, id: '', name: '', written: '', waiting: text })
  }

  function addCallPiece(piece: ToolCallPiece): void {
    const callIndex = piece.index ?? 0
    const text = piece.function?.arguments ?? ''
    const known = blocks.findLast((block) => block.kind === 'tool' && block.callIndex === callIndex)
    // Some servers number all calls alike, and tell them apart by their ids.
    const isOther = Boolean(piece.id && known?.id && piece.id !== known.id)
    if (known && !isOther) {
      known.id ||= piece.id ?? ''
      known.name ||= piece.function?.name ?? ''
      known.written += text
      known.waiting += text
      return
    }
    const name = piece.function?.name ?? ''
    blocks.push({ kind: 'tool', callIndex, id: piece.id ?? '', name, written: text, waiting: text })
  }

  /** Sends what can be sent. */
  function* advance(ended: boolean): Generator<MessageEvent> {
    for (;;) {
      const block = blocks[current]
      // A call cannot begin before its name is known.
      if (!block || (!isOpen && !ended && block.kind === 'tool' && block.name === '')) return
      if (!isOpen) yield startOf(block, current, head)
      isOpen = true
      yield* pieceOf(block, current)
      const mayEnd = ended || (current < blocks.length - 1 && isWhole(block))
      if (!mayEnd) return
      yield { type: 'content_block_stop', index: current }
      isOpen = false
      current += 1
    }
  }

  for await (const chunk of chunks) {
    if (!begun) {
      begun = true
      yield { type: 'message_start', message: emptyMessage(head, expected) }
      yield { type: 'ping' }
    }
    usage = chunk.usage ?? usage
    finishReason = chunk.finishReason ?? finishReason
    if (chunk.textDelta !== '') addText(chunk.textDelta)
    const parsed = chunkSchema.safeParse(JSON.parse(chunk.data))
    // Thrown at the end: leaving the loop would say that the caller had left.
    if (!parsed.success) malformed ??= parsed.error
    if (!parsed.success || malformed) continue
    const choice = parsed.data.choices.find(({ index }) => (index ?? 0) === 0)
    nativeFinishReason = choice?.native_finish_reason ?? nativeFinishReason
    stopReason = choice?.stop_reason ?? stopReason
    if (choice?.delta?.refusal) {
      refusal += choice.delta.refusal
      addText(choice.delta.refusal)
    }
    for (const piece of choice?.delta?.tool_calls ?? []) addCallPiece(piece)
    yield* advance(false)
  }
  if (malformed) throw providerBadResponse({ cause: malformed })
  const tools = blocks.filter(({ kind }) => kind === 'tool')
  // The cap may cut an input anywhere; the stop reason says so.
  const broken = tools.find(({ name, written }) => name === '' || !parseToolInput(written))
  if (broken && finishReason !== 'length') throw inputIsNoObject(broken.name)
  yield* advance(true)
  const ending = { finishReason, callsTools: tools.length > 0, refusal, nativeFinishReason, stopReason }
  yield {
    type: 'message_delta',
    delta: { ...stopOf(ending, head), container: null },
    usage: toMessageUsage(usage ?? countAnyway()),
  }
  yield { type: 'message_stop' }
}

function startOf(block: Block, index: number, head: AnswerHead): MessageEvent {
  const content_block =
    block.kind === 'text'
      ? textBlock('')
      : toolUseBlock(block.id || madeUpCallId(head, block.callIndex ?? index), block.name, {})
  return { type: 'content_block_start', index, content_block }
}

function* pieceOf(block: Block, index: number): Generator<MessageEvent> {
  if (block.waiting === '') return
  const delta =
    block.kind === 'text'
      ? { type: 'text_delta', text: block.waiting }
      : { type: 'input_json_delta', partial_json: block.waiting }
  block.waiting = ''
  yield { type: 'content_block_delta', index, delta }
}

function isWhole({ kind, written }: Block): boolean {
  return kind === 'text' || (written.trimEnd().endsWith('}') && parseToolInput(written) !== undefined)
}
