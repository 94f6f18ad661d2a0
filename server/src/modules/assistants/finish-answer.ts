import { readPassages } from '../knowledge/index.ts'
import { callerOfRun } from './assistants.ts'
import type { RunOutput } from './contract.ts'
import { rightsWithdrawn } from './errors.ts'
import type { MarkedPassage } from './graphs/state.ts'
import { keepInside } from './keep-inside.ts'
import type { HeldRun } from './perform-step.ts'
import { checkCitations } from './rules/check-citations.ts'

/**
 * What is stored as a run's answer: nothing in it carries data out, and it cites only passages that this run retrieved, that
 * are still there, and that whoever asked may read at this moment.
 */
export async function finishAnswer(
  { assistants, run }: HeldRun,
  answer: { readonly text: string; readonly passages: readonly MarkedPassage[] },
): Promise<RunOutput> {
  const caller = await callerOfRun(assistants, run)
  if (!caller) throw rightsWithdrawn()
  const mayRead = caller.permissions.has('read:documents')
  const ids = mayRead ? answer.passages.map(({ id }) => id) : []
  const permitted = new Set(
    ids.length === 0 ? [] : (await readPassages(assistants.knowledge, caller, ids)).map(({ id }) => id),
  )
  const citable = answer.passages.filter(({ id }) => permitted.has(id))
  const inside = keepInside(answer.text, new URL(assistants.platform.publicUrl()).host)
  const { text, quotes } = checkCitations(inside, citable)
  const citations = citable.flatMap(({ id, text: _, ...passage }) => {
    const quote = quotes.get(passage.marker)
    return quote === undefined ? [] : [{ ...passage, passageId: id, quote }]
  })
  return { text, citations }
}
