import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Budget } from '../../app/api-types.ts'
import { formatCountdown, formatExact, formatMoney, nanosOf } from '../../app/format.ts'
import { useCan } from '../../app/session.ts'
import { Button } from '../../ui/button.tsx'
import { Gauge } from '../../ui/gauge.tsx'
import { Money } from '../../ui/money.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { ErrorState } from '../../ui/states.tsx'
import { BudgetDialog } from './budget-dialog.tsx'
import { budgetState, windowNames } from './budget-state.ts'
import { budgetsQuery } from './queries.ts'

const route = getRouteApi('/app/usage')

/** The limit with its dialog; `?budget=true` opens it. */
export function BudgetCard() {
  const budget = useQuery(budgetsQuery)
  const canManage = useCan('manage:budgets')
  const editing = route.useSearch().budget === true && canManage && budget.isSuccess
  const navigate = route.useNavigate()
  const setEditing = (open: boolean): void =>
    void navigate({ search: (old) => ({ ...old, budget: open || undefined }), replace: true })
  return (
    <section aria-label="Budget" className="mt-6 min-h-17">
      {budget.isPending ? <Skeleton className="h-17" /> : null}
      {budget.isError ? (
        <ErrorState
          error={budget.error}
          title="The budget could not be loaded"
          onRetry={() => void budget.refetch()}
        />
      ) : null}
      {budget.data ? (
        <BudgetGauge budget={budget.data}>
          {canManage ? (
            <Button size="sm" onClick={() => setEditing(true)}>
              Change
            </Button>
          ) : null}
        </BudgetGauge>
      ) : null}
      {budget.data === null ? (
        <div className="flex flex-wrap items-center justify-between gap-3">
          <p className="max-w-[62ch] text-sm text-pretty text-ink-2">
            <span className="font-medium text-ink">No budget is set.</span> Spending has no limit. A hard
            budget refuses a call before it would exceed it, however many run at once.
          </p>
          {canManage ? <Button onClick={() => setEditing(true)}>Set a budget</Button> : null}
        </div>
      ) : null}
      {editing ? <BudgetDialog budget={budget.data ?? null} onClose={() => setEditing(false)} /> : null}
    </section>
  )
}

/** The organization's limit: what is left, when it starts again, and what happens at its end. */
export function BudgetGauge({ budget, children }: { budget: Budget; children?: ReactNode }) {
  const state = budgetState(budget)
  const held = nanosOf(budget.heldNanos)
  const name = windowNames[budget.window]
  return (
    <div>
      <div className="mb-2 flex items-baseline justify-between gap-4">
        <p className="min-w-0">
          <span className="font-medium">{name.adjective} budget</span>{' '}
          <span className="text-ink-2">
            <Money nanos={budget.settledNanos} /> of <Money nanos={budget.limitNanos} /> spent {name.noun}
          </span>
        </p>
        {children}
      </div>
      <Gauge
        used={state.used}
        held={state.held}
        label={`${name.adjective} budget: ${formatMoney(nanosOf(budget.remainingNanos))} left`}
      />
      <p className="mt-2 flex flex-wrap gap-x-4 text-xs text-ink-3">
        <span
          className={
            state.exhausted ? 'font-medium text-red' : state.near ? 'font-medium text-amber' : undefined
          }
        >
          <Money nanos={budget.remainingNanos} /> left
        </span>
        {held > 0n ? (
          <span>
            <Money nanos={held} /> held for calls under way
          </span>
        ) : null}
        {budget.resetsAt ? (
          <span>
            <span title={formatExact(new Date(budget.resetsAt))}>
              starts again {formatCountdown(new Date(budget.resetsAt), new Date())}
            </span>
          </span>
        ) : null}
        <span>
          {budget.hard ? 'hard: calls beyond it are refused' : 'soft: calls beyond it are let through'}
        </span>
      </p>
    </div>
  )
}
