import type { GuardrailVerdict } from '../../ledger/index.ts'

export type Finding = Pick<GuardrailVerdict, 'guard' | 'stage' | 'action'> & {
  count?: number
  score?: number
  kind?: string
}

/** What the guards of one call have found: one verdict for each guard and stage, counted up. */
export interface Verdicts {
  add(finding: Finding): void
  list(): GuardrailVerdict[]
  /** The first that lets it not through. */
  blocking(): GuardrailVerdict | undefined
}

export function createVerdicts(): Verdicts {
  const verdicts = new Map<string, GuardrailVerdict>()
  return {
    add({ guard, stage, action, count = 1, score, kind }) {
      const name = `${guard} ${stage} ${action}`
      const known = verdicts.get(name)
      const verdict = known ?? { guard, stage, action, count: 0, score: null, kinds: [] }
      verdict.count += count
      if (score !== undefined) verdict.score = Math.max(verdict.score ?? 0, score)
      if (kind !== undefined && !verdict.kinds.includes(kind)) verdict.kinds.push(kind)
      verdicts.set(name, verdict)
    },
    list: () => [...verdicts.values()],
    blocking: () => [...verdicts.values()].find(({ action }) => action === 'block'),
  }
}
