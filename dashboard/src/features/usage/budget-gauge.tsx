import type { ReactNode } from 'react'
import type { Budget } from '../../app/api-types.ts'
import { formatCountdown, formatExact, formatMoney, nanosOf } from '../../app/format.ts'
import { Gauge } from '../../ui/gauge.tsx'
import { Money } from '../../ui/money.tsx'
import { aboutText, budgetState, windowNames } from './budget-state.ts'

/** A limit: what is left, when it starts again, and what happens at its end. */
export function BudgetGauge({ budget, children }: { budget: Budget; children?: ReactNode }) {
  const state = budgetState(budget)
  const held = nanosOf(budget.heldNanos)
  const name = windowNames[budget.window]
  const about = aboutText(budget)
  return (
    <div>
      <div className="mb-2 flex items-baseline justify-between gap-4">
        <p className="min-w-0">
          <span className="font-medium break-words">
            {name.adjective} budget{about ? ` of ${about}` : ''}
          </span>{' '}
          <span className="text-ink-2">
            <Money nanos={budget.settledNanos} /> of <Money nanos={budget.limitNanos} /> spent {name.noun}
          </span>
        </p>
        {children}
      </div>
      <Gauge
        used={state.used}
        held={state.held}
        label={`${name.adjective} budget${about ? ` of ${about}` : ''}: ${formatMoney(nanosOf(budget.remainingNanos))} left`}
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
