import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useCan } from '../../app/session.ts'
import { Button } from '../../ui/button.tsx'
import { SectionHeader } from '../../ui/page.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { ErrorState } from '../../ui/states.tsx'
import { BudgetDialog } from './budget-dialog.tsx'
import { BudgetGauge } from './budget-gauge.tsx'
import { aboutText, windowNames } from './budget-state.ts'
import { NewBudgetDialog } from './new-budget-dialog.tsx'
import { budgetsQuery } from './queries.ts'

const route = getRouteApi('/app/usage')

/**
 * All limits with their gauges. `?budget=` opens a dialog: `true` the limit on everything, made where there is none; `new`
 * a new one; an id that one.
 */
export function Budgets() {
  const budgets = useQuery(budgetsQuery)
  const canManage = useCan('manage:budgets')
  const { budget: wanted } = route.useSearch()
  const navigate = route.useNavigate()
  const open = (budget: string | true | undefined): void =>
    void navigate({ search: (old) => ({ ...old, budget }), replace: true })
  const list = budgets.data ?? []
  const editing =
    wanted === true
      ? list.find(({ scope }) => scope === 'organization')
      : list.find(({ id }) => id === wanted)
  const creating = wanted === 'new' || (wanted === true && !editing)
  const isReady = canManage && budgets.isSuccess
  return (
    <section aria-labelledby="budgets" className="mt-10 min-h-29">
      <SectionHeader title="Budgets" id="budgets">
        {isReady && list.length > 0 ? (
          <Button size="sm" onClick={() => open('new')}>
            Set another
          </Button>
        ) : null}
      </SectionHeader>
      {budgets.isPending ? <Skeleton className="mt-4 h-17" /> : null}
      {budgets.isError ? (
        <ErrorState
          error={budgets.error}
          title="The budgets could not be loaded"
          onRetry={() => void budgets.refetch()}
          className="mt-4"
        />
      ) : null}
      {list.length > 0 ? (
        <ul className="mt-1 border-t border-line-strong">
          {list.map((budget) => (
            <li key={budget.id} className="border-b py-4">
              <BudgetGauge budget={budget}>
                {canManage ? (
                  <Button
                    size="sm"
                    aria-label={`Change: ${windowNames[budget.window].adjective} budget of ${aboutText(budget) ?? 'the organization'}`}
                    onClick={() => open(budget.id)}
                  >
                    Change
                  </Button>
                ) : null}
              </BudgetGauge>
            </li>
          ))}
        </ul>
      ) : null}
      {budgets.isSuccess && list.length === 0 ? (
        <div className="mt-4 flex flex-wrap items-center justify-between gap-3">
          <p className="max-w-[62ch] text-sm text-pretty text-ink-2">
            <span className="font-medium text-ink">No budget is set.</span> Spending has no limit. A hard
            budget refuses a call before it would exceed it, however many run at once: for everything, or for
            a member, a key, a project, a model or a tag.
          </p>
          {canManage ? <Button onClick={() => open('new')}>Set a budget</Button> : null}
        </div>
      ) : null}
      {isReady && editing ? (
        <BudgetDialog key={editing.id} budget={editing} onClose={() => open(undefined)} />
      ) : null}
      {isReady && creating ? <NewBudgetDialog onClose={() => open(undefined)} /> : null}
    </section>
  )
}
