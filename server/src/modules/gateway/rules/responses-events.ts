import { z } from '@hono/zod-openapi'
import type { ChatChunk } from '../adapters/provider.ts'
import { providerBadResponse } from '../errors.ts'
import type { ModelResponse } from '../responses-contract.ts'
import type { TokenCounts } from './anthropic-answer.ts'
import { reasoningDetailsOf, reasoningTextOf } from './reasoning-details.ts'
import { begunResponse, endedResponse, type ResponseHead } from './responses-answer.ts'
import { createItemWriter, type UnnumberedEvent } from './responses-item-writer.ts'

const chunkSchema = z.object({
  choices: z.array(
    z.object({
      index: z.number().nullish(),
      delta: z
        .looseObject({
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

export type ResponseEvent = UnnumberedEvent & { sequence_number: number }

/**
 * The events of the Responses API for the chunks of a chat completion, numbered from 0. The last one holds the whole
 * response; `keep` is awaited before it, so that whoever has seen the end can go on from it.
 * @param countAnyway the counts where the provider said none; asked for when the chunks have ended
 */
export async function* toResponseEvents(
  chunks: AsyncIterable<ChatChunk>,
  head: ResponseHead,
  ending: {
    countAnyway(): TokenCounts
    now(): Date
    keep(response: ModelResponse): Promise<void>
    show(response: ModelResponse): ModelResponse
  },
): AsyncGenerator<ResponseEvent, void, undefined> {
  let sequence = 0
  const numbered = (event: UnnumberedEvent): ResponseEvent => ({ ...event, sequence_number: sequence++ })
  const writer = createItemWriter(head)
  let begun = false
  let usage: TokenCounts | undefined
  let finishReason: string | undefined
  let malformed: Error | undefined

  for await (const chunk of chunks) {
    if (!begun) {
      begun = true
      const response = begunResponse(head)
      yield numbered({ type: 'response.created', response })
      yield numbered({ type: 'response.in_progress', response })
    }
    usage = chunk.usage ?? usage
    finishReason = chunk.finishReason ?? finishReason
    const parsed = chunkSchema.safeParse(JSON.parse(chunk.data))
    // Thrown at the end: leaving the loop would say that the caller had left.
    if (!parsed.success) malformed ??= parsed.error
    if (!parsed.success || malformed) continue
    const delta = parsed.data.choices.find(({ index }) => (index ?? 0) === 0)?.delta ?? {}
    const reasoning = reasoningTextOf(delta)
    const details = reasoningDetailsOf(delta)
    if (reasoning !== '' || details.length > 0)
      for (const event of writer.addReasoning(reasoning, details)) yield numbered(event)
    if (chunk.textDelta !== '') for (const event of writer.addText(chunk.textDelta)) yield numbered(event)
    if (delta.refusal) for (const event of writer.addRefusal(delta.refusal)) yield numbered(event)
    for (const piece of delta.tool_calls ?? [])
      for (const event of writer.addCallPiece(piece)) yield numbered(event)
  }
  if (malformed) throw providerBadResponse({ cause: malformed })
  for (const event of writer.end(finishReason)) yield numbered(event)
  const counts = usage ?? ending.countAnyway()
  const response = endedResponse(head, writer.output(), finishReason, counts, ending.now())
  await ending.keep(response)
  yield numbered({ type: `response.${response.status}`, response: ending.show(response) })
}
