import type { Caller } from '../../platform/context.ts'
import type { Platform } from '../../platform/platform.ts'
import type { Gateway } from '../gateway/index.ts'
import type { Knowledge } from '../knowledge/index.ts'
import { writeAnswer } from './actions/write-answer.ts'
import { AnswerAborted } from './answer-aborted.ts'

/**
 * The answers this process is writing. An answer belongs to its message and not to a request: a closed tab stops
 * nothing, an explicit stop does, on whichever node it arrives.
 *
 * States of an answer: streaming → complete | stopped | failed | interrupted (the server stopped), and never back.
 */
export interface Answers {
  readonly platform: Platform
  readonly gateway: Gateway
  readonly knowledge: Knowledge
  /** Begins to write; resolves with the answer's end, whatever it was. */
  write(caller: Caller, task: AnswerTask): Promise<void>
  /** Stops an answer on the node that writes it. */
  stop(messageId: string): Promise<void>
  /** Tells readers on every node that there is more to read. */
  nudge(messageId: string): Promise<void>
  /** Lets what is being written end for a few seconds, then interrupts it; an answer asked for later is interrupted at once. */
  close(): Promise<void>
}

export interface AnswerTask {
  organizationId: string
  conversationId: string
  messageId: string
  requestId: string
  questionId: string
  question: string
  model: string
  collectionIds: readonly string[] | undefined
}

export const nudgeChannel = (messageId: string) => `answer:${messageId}`
const stopChannel = 'answers:stop'
const closingGraceMs = 4_000

export function createAnswers(knowledge: Knowledge): Answers {
  const { platform, gateway } = knowledge
  const running = new Map<string, { controller: AbortController; done: Promise<void> }>()
  let listening: Promise<() => Promise<void>> | undefined
  let closed = false

  const abort = (messageId: string, why: AnswerAborted['why']) =>
    running.get(messageId)?.controller.abort(new AnswerAborted(why))

  const answers: Answers = {
    platform,
    gateway,
    knowledge,
    async write(caller, task) {
      listening ??= platform.pubSub.subscribe(stopChannel, (messageId) => abort(messageId, 'stopped'))
      await listening
      const controller = new AbortController()
      const done = writeAnswer(answers, caller, task, controller.signal).finally(() =>
        running.delete(task.messageId),
      )
      running.set(task.messageId, { controller, done })
      if (closed) abort(task.messageId, 'interrupted')
      await done
    },
    async stop(messageId) {
      abort(messageId, 'stopped')
      await platform.pubSub.publish(stopChannel, messageId)
    },
    nudge: (messageId) => platform.pubSub.publish(nudgeChannel(messageId), ''),
    async close() {
      const interrupt = setTimeout(() => {
        closed = true
        for (const messageId of running.keys()) abort(messageId, 'interrupted')
      }, closingGraceMs)
      await Promise.all([...running.values()].map(({ done }) => done))
      clearTimeout(interrupt)
      closed = true
      await (await listening)?.()
    },
  }
  return answers
}
