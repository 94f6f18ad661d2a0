export type BudgetWindow = 'day' | 'month' | 'lifetime'

/** When the window that holds `at` began, in UTC; a lifetime began with time. */
export function windowStart(window: BudgetWindow, at: Date): Date {
  if (window === 'day') return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()))
  if (window === 'month') return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), 1))
  return new Date(0)
}

/** When the window that began at `start` ends and the budget is whole again; null for a lifetime. */
export function windowEnd(window: BudgetWindow, start: Date): Date | null {
  if (window === 'day')
    return new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth(), start.getUTCDate() + 1))
  if (window === 'month') return new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, 1))
  return null
}
