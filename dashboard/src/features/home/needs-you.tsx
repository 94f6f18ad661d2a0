import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { CircleAlert, FileWarning } from 'lucide-react'
import type { Budget } from '../../app/api-types.ts'
import { formatMoney, formatPercent, nanosOf, plural } from '../../app/format.ts'
import { useCan } from '../../app/session.ts'
import { useHiddenIds } from '../../app/undoable-delete.ts'
import { Button } from '../../ui/button.tsx'
import { SectionHeader } from '../../ui/page.tsx'
import { useRetryDocument } from '../knowledge/document-actions.ts'
import { failureText } from '../knowledge/failure.ts'
import { documentsQuery } from '../knowledge/queries.ts'
import { aboutText, budgetState } from '../usage/budget-state.ts'
import { budgetsQuery } from '../usage/queries.ts'

const shownFailures = 3
const shownBudgets = 3

/** What waits for somebody: a budget near its end, documents that could not be read. */
export function NeedsYou() {
  const hidden = useHiddenIds()
  const budgets = useQuery({ ...budgetsQuery, enabled: useCan('read:budgets') })
  const failed = useInfiniteQuery({
    ...documentsQuery({ status: 'failed' }),
    enabled: useCan('read:documents'),
  })
  const retry = useRetryDocument()
  const documents = (failed.data ?? []).filter((document) => !hidden.has(document.id))
  const near = (budgets.data ?? []).filter((budget) => budgetState(budget).near)
  if (near.length === 0 && documents.length === 0) return null
  return (
    <section aria-labelledby="needs-you">
      <SectionHeader title="Needs you" id="needs-you" />
      <ul className="mt-1 border-t border-line-strong">
        {near.slice(0, shownBudgets).map((budget) => (
          <NearBudget key={budget.id} budget={budget} />
        ))}
        {documents.slice(0, shownFailures).map((document) => (
          <li key={document.id} className="flex min-h-15 items-center gap-3 border-b py-2.5">
            <FileWarning className="size-4 shrink-0 text-red" aria-hidden />
            <div className="min-w-0 flex-1">
              <p className="truncate font-medium">
                <Link
                  to="/knowledge/$documentId"
                  params={{ documentId: document.id }}
                  className="rounded-sm hover:underline"
                >
                  {document.name}
                </Link>
              </p>
              <p className="text-sm text-pretty text-ink-2">{failureText(document)}</p>
            </div>
            <Button
              aria-label={`Read again: ${document.name}`}
              busy={retry.isPending && retry.variables.id === document.id}
              onClick={() => retry.mutate(document)}
            >
              Read again
            </Button>
          </li>
        ))}
      </ul>
      {documents.length > shownFailures ? (
        <Link
          to="/knowledge"
          search={{ status: 'failed' }}
          className="mt-2 inline-block rounded-sm text-sm text-ink-2 hover:text-ink"
        >
          And {plural(documents.length - shownFailures, 'more document')}
        </Link>
      ) : null}
    </section>
  )
}

function NearBudget({ budget }: { budget: Budget }) {
  const { exhausted, used } = budgetState(budget)
  const about = aboutText(budget)
  const name = about ? `budget of ${about}` : 'budget'
  return (
    <li className="flex min-h-15 items-center gap-3 border-b py-2.5">
      <CircleAlert className={`size-4 shrink-0 ${exhausted ? 'text-red' : 'text-amber'}`} aria-hidden />
      <div className="min-w-0 flex-1">
        <p className="font-medium break-words">
          {exhausted ? `The ${name} is used up` : `${formatPercent(used)} of the ${name} is spent`}
        </p>
        <p className="text-sm text-pretty text-ink-2">
          {formatMoney(nanosOf(budget.remainingNanos))} of {formatMoney(nanosOf(budget.limitNanos))} left.
          {budget.hard ? ' Calls beyond it are refused.' : ''}
        </p>
      </div>
      <Button asChild>
        <Link to="/usage">Look</Link>
      </Button>
    </li>
  )
}
