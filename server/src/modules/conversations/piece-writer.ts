import type { Caller } from '../../platform/context.ts'
import { withTenant } from '../../platform/db/transactions.ts'
import type { Answers, AnswerTask } from './answers.ts'
import { openSeal, pieceCell } from './sealed-messages.ts'
import { insertPiece } from './store.ts'

/**
 * Keeps an answer's text as it comes: what a reader has seen is in the database already, whatever happens next.
 *
 * States: idle → writing → idle … → finished. One write at a time; what comes meanwhile goes into the next, so a fast
 * model makes larger pieces and not a longer queue. A write that failed is reported by `finish`.
 */
export function createPieceWriter(answers: Answers, caller: Caller, task: AnswerTask) {
  let waiting = ''
  let written = ''
  let writing: Promise<void> | undefined
  let failure: unknown

  async function writeAll(): Promise<void> {
    while (waiting !== '') {
      const text = waiting
      waiting = ''
      const startOffset = written.length
      await withTenant(answers.platform, caller, async (scope) => {
        const seal = await openSeal(answers.platform, scope)
        await insertPiece(scope.tx, {
          organizationId: scope.organizationId,
          messageId: task.messageId,
          startOffset,
          textSealed: seal.seal(pieceCell(task.messageId, startOffset), text),
        })
      })
      written += text
      await answers.nudge(task.messageId)
    }
  }

  function begin(): void {
    writing = writeAll()
      .catch((error: unknown) => {
        failure = error
      })
      .finally(() => {
        writing = undefined
        // What came after the writer had last looked found it still there, and did not begin another.
        if (waiting !== '' && failure === undefined) begin()
      })
  }

  return {
    add(text: string): void {
      if (failure !== undefined) throw failure
      waiting += text
      if (waiting !== '' && !writing) begin()
    },
    /** The whole text, all of it stored. */
    async finish(): Promise<string> {
      while (writing) await writing
      if (failure !== undefined) throw failure
      await writeAll()
      return written
    },
    /** What is stored for certain. */
    stored: () => written,
  }
}
