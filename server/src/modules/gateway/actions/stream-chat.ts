import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Caller } from '../../../platform/context.ts'
import type { ChatChunk, ProviderUsage } from '../adapters/provider.ts'
import type { ChatRequest } from '../contract.ts'
import type { CallOutcome } from '../describe-call.ts'
import type { Gateway } from '../gateway.ts'
import { estimatedUsage, failedOutcome, noUsage } from '../outcome.ts'
import { type Receipt, settleCall } from '../settle-call.ts'
import { beginChat } from './begin-chat.ts'
import type { ChatInput } from './complete-chat.ts'
import { guardedStream, recordBlockedAnswer } from './guard-chat.ts'
import { refuseContent } from './refuse-content.ts'

export interface ChatStream {
  /** The id of the model that answers; from its first chunk on it stays. */
  model(): string
  /** Ends when the answer does; throws the error the caller is to see. */
  readonly chunks: AsyncIterable<ChatChunk>
  /** Settled once `chunks` has ended, however it ended; undefined while it runs. */
  receipt(): Receipt | undefined
}

const silentPiece = /"(tool_calls|reasoning|reasoning_content)":/

/**
 * The answer as it is written. The money is held before this resolves; it is settled when the loop over `chunks` ends,
 * whether by the answer's end, an error, or the reader leaving early. Until its first chunk with something in it another
 * deployment may take the call over; nothing is tried again after that.
 * @throws budget_exceeded (402), model_not_found (404), guardrails.blocked (400)
 */
export async function streamChat(gateway: Gateway, caller: Caller, input: ChatInput): Promise<ChatStream> {
  requirePermission(caller, 'use:models')
  const { run, guard, bodyAt, callOf } = await beginChat(gateway, caller, input)
  const { clock } = gateway.platform
  let receipt: Receipt | undefined
  let begun = false

  async function settle(outcome: CallOutcome): Promise<void> {
    const guardrails = guard?.verdicts() ?? []
    receipt = await settleCall(gateway.platform, caller, run.call(), {
      ...outcome,
      route: run.route(),
      guardrails,
    })
  }

  async function* chunks(): AsyncGenerator<ChatChunk> {
    let count = createCount(bodyAt(run.call()))
    let timeToFirstTokenMs: number | null = null
    const used = () => (timeToFirstTokenMs === null ? (count.reported() ?? noUsage) : count.usage())
    const fail = async (error: unknown) => {
      const failed = failedOutcome(error, input.signal, used(), timeToFirstTokenMs)
      await settle(failed.outcome)
      return failed.error
    }
    let opened: { first: ChatChunk[]; rest: AsyncIterator<ChatChunk> }
    try {
      opened = await run.attempt(async (attempt) => {
        count = createCount(bodyAt(attempt.candidate))
        const rest = attempt.provider.streamChat(callOf(attempt))[Symbol.asyncIterator]()
        const first: ChatChunk[] = []
        // Held back while empty, so that whoever takes over begins where nothing was sent.
        for (;;) {
          const { done, value } = await rest.next()
          attempt.begun()
          if (done) return { first, rest }
          first.push(value)
          if (attempt.hasNext && value.finishReason === 'content_filter') {
            for (const chunk of first) count.add(chunk)
            // What it charges comes behind.
            for (let last = await rest.next(); !last.done; last = await rest.next()) count.add(last.value)
            throw refuseContent(attempt, count.usage())
          }
          if (!attempt.hasNext || !isEmpty(value)) return { first, rest }
        }
      })
    } catch (error) {
      throw await fail(error)
    }
    const through = guard && guardedStream(guard, input.native !== undefined)
    let ended = false
    try {
      for (const chunk of opened.first) {
        timeToFirstTokenMs ??= clock.now().getTime() - run.call().startedAtMs
        count.add(chunk)
        if (through) yield* through.push(chunk)
        else yield chunk
      }
      for (;;) {
        const { done, value } = await opened.rest.next()
        if (done) break
        timeToFirstTokenMs ??= clock.now().getTime() - run.call().startedAtMs
        count.add(value)
        if (through) yield* through.push(value)
        else yield value
      }
      if (through) yield* through.end()
      ended = true
    } catch (error) {
      ended = true
      // A guard ends an answer that its provider is still writing.
      await opened.rest.return?.()
      run.end({ error, isCallerGone: input.signal.aborted, timeToFirstTokenMs })
      const known = await fail(error)
      if (guard?.answerRefusal()) await recordBlockedAnswer(gateway, caller, input.requestId, guard)
      throw known
    } finally {
      // The reader left in the middle: what was produced is paid for.
      if (!ended) {
        await opened.rest.return?.()
        run.end({ isCallerGone: true, timeToFirstTokenMs })
        await settle({ usage: used(), status: 'aborted', errorCode: 'caller_gone', timeToFirstTokenMs })
      }
    }
    run.end({ timeToFirstTokenMs })
    await settle({ usage: count.usage(), status: 'ok', errorCode: null, timeToFirstTokenMs })
  }

  return {
    model: () => run.call().deployment.id,
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

/** What chunks say of the usage, and what it must be where they do not. */
function createCount(body: ChatRequest) {
  let whole: ProviderUsage | undefined
  let soFar: ProviderUsage | undefined
  let produced = ''
  // Tool calls and reasoning come as events without text, about a token each.
  let silentPieces = 0
  return {
    add(chunk: ChatChunk) {
      whole = chunk.usage ?? whole
      soFar = chunk.usageSoFar ?? soFar
      produced += chunk.textDelta
      if (isSilent(chunk)) silentPieces += 1
    },
    reported: () => whole ?? soFar,
    usage: () => whole ?? soFar ?? estimatedUsage(body, produced, silentPieces),
  }
}

function isSilent(chunk: ChatChunk): boolean {
  return chunk.textDelta === '' && silentPiece.test(chunk.data)
}

/** Says nothing yet: the event that names the role, or one before it. */
function isEmpty(chunk: ChatChunk): boolean {
  return chunk.textDelta === '' && chunk.finishReason === undefined && !isSilent(chunk)
}
