import type { Budget, BudgetWindow } from '../../app/api-types.ts'
import { nanosOf } from '../../app/format.ts'

export interface BudgetState {
  /** Parts of one. */
  used: number
  held: number
  /** From four fifths on it needs somebody. */
  near: boolean
  exhausted: boolean
}

export function budgetState(budget: Budget): BudgetState {
  const limit = nanosOf(budget.limitNanos)
  const part = (nanos: string): number =>
    limit === 0n ? 1 : Number((nanosOf(nanos) * 10_000n) / limit) / 10_000
  const used = part(budget.settledNanos)
  const held = part(budget.heldNanos)
  return { used, held, near: used + held >= 0.8, exhausted: nanosOf(budget.remainingNanos) <= 0n }
}

export const windowNames: Record<BudgetWindow, { adjective: string; noun: string }> = {
  day: { adjective: 'Daily', noun: 'this day' },
  week: { adjective: 'Weekly', noun: 'this week' },
  month: { adjective: 'Monthly', noun: 'this month' },
  lifetime: { adjective: 'Total', noun: 'in all' },
}

/** `Ada Lovelace, openai/gpt-4o-mini`: whose and which calls count; null where all of the organization do. */
export function aboutText({
  about,
}: {
  about: Omit<Budget['about'], 'project'> & Partial<Pick<Budget['about'], 'project'>>
}): string | null {
  const parts = [
    about.member?.name,
    about.apiKey && `key ${about.apiKey.name}`,
    about.serviceAccount && `service account ${about.serviceAccount.name}`,
    about.project && `project ${about.project.name}`,
    about.model,
    about.tag && `tag ${about.tag}`,
  ].filter(Boolean)
  return parts.length === 0 ? null : parts.join(', ')
}
