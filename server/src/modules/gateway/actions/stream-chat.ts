import type { Caller } from '../../../platform/context.ts'
import type { ChatChunk, ProviderUsage } from '../adapters/provider.ts'
import type { Gateway } from '../gateway.ts'
import { type Receipt, settleCall } from '../metered-call.ts'
import { estimatedUsage, failedOutcome, noUsage } from '../outcome.ts'
import { beginChat, type ChatInput, callOf } from './complete-chat.ts'

export interface ChatStream {
  /** Which model answers; known before its first token. */
  readonly model: { id: string; provider: string; isLanguageModel: boolean }
  /** Ends when the answer does; throws the error the caller is to see. */
  readonly chunks: AsyncIterable<ChatChunk>
  /** Settled once `chunks` has ended, however it ended; undefined while it runs. */
  receipt(): Receipt | undefined
}

const silentPiece = /"(tool_calls|reasoning|reasoning_content)":/

/**
 * The answer as it is written. The money is held before this resolves; it is settled when the loop over `chunks` ends,
 * whether by the answer's end, an error, or the reader leaving early.
 * @throws budget_exceeded (402), model_not_found (404)
 */
export async function streamChat(gateway: Gateway, caller: Caller, input: ChatInput): Promise<ChatStream> {
  const { call, body } = await beginChat(gateway, caller, input)
  const { deployment } = call
  let receipt: Receipt | undefined
  let begun = false

  async function* chunks(): AsyncGenerator<ChatChunk> {
    let usage: ProviderUsage | undefined
    let usageSoFar: ProviderUsage | undefined
    let produced = ''
    // Tool calls and reasoning come as events without text, about a token each.
    let silentPieces = 0
    let timeToFirstTokenMs: number | null = null
    let ended = false
    const estimated = () => estimatedUsage(body, produced, silentPieces)
    const used = () => usage ?? usageSoFar ?? (timeToFirstTokenMs === null ? noUsage : estimated())
    try {
      for await (const chunk of gateway.providerOf(deployment).streamChat(callOf(call, body, input))) {
        timeToFirstTokenMs ??= gateway.platform.clock.now().getTime() - call.startedAtMs
        usage = chunk.usage ?? usage
        usageSoFar = chunk.usageSoFar ?? usageSoFar
        produced += chunk.textDelta
        if (chunk.textDelta === '' && silentPiece.test(chunk.data)) silentPieces += 1
        yield chunk
      }
      ended = true
    } catch (error) {
      ended = true
      const failed = failedOutcome(error, input.signal, used(), timeToFirstTokenMs)
      receipt = await settleCall(gateway.platform, caller, call, failed.outcome)
      throw failed.error
    } finally {
      // The reader left in the middle: what was produced is paid for.
      if (!ended) {
        const outcome = {
          usage: used(),
          status: 'aborted',
          errorCode: 'caller_gone',
          timeToFirstTokenMs,
        } as const
        receipt = await settleCall(gateway.platform, caller, call, outcome)
      }
    }
    const whole = usage ?? usageSoFar ?? estimated()
    receipt = await settleCall(gateway.platform, caller, call, {
      usage: whole,
      status: 'ok',
      errorCode: null,
      timeToFirstTokenMs,
    })
  }

  return {
    model: {
      id: deployment.id,
      provider: deployment.providerId,
      isLanguageModel: deployment.isLanguageModel,
    },
    chunks: {
      [Symbol.asyncIterator]() {
        if (begun) throw new Error('A stream of chunks is read once.')
        begun = true
        return chunks()
      },
    },
    receipt: () => receipt,
  }
}
