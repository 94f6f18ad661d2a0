import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useCan } from '../../app/session.ts'
import { Button } from '../../ui/button.tsx'
import { Page, SectionHeader, useTitle } from '../../ui/page.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { ErrorState } from '../../ui/states.tsx'
import { KeptAnswers } from './kept-answers.tsx'
import { LimitDialog } from './limit-dialog.tsx'
import { LimitGauges, limitSubject } from './limit-gauges.tsx'
import { limitsQuery } from './queries.ts'
import { UsageHeader } from './usage-header.tsx'

/** How fast calls may come, with live gauges, and which answers are given again. */
export function LimitsPage() {
  useTitle('Limits')
  const limits = useQuery(limitsQuery)
  const canManage = useCan('manage:budgets')
  const [open, setOpen] = useState<string>()
  const list = limits.data ?? []
  const editing = list.find(({ id }) => id === open)
  const close = () => setOpen(undefined)
  return (
    <Page>
      <UsageHeader />
      {/* First, for its height is known. */}
      <KeptAnswers />
      <section aria-labelledby="limits" className="mt-10">
        <SectionHeader title="Limits" id="limits">
          {canManage && list.length > 0 ? (
            <Button size="sm" onClick={() => setOpen('new')}>
              Set another
            </Button>
          ) : null}
        </SectionHeader>
        {limits.isPending ? <Skeleton className="mt-4 h-17" /> : null}
        {limits.isError ? (
          <ErrorState
            error={limits.error}
            title="The limits could not be loaded"
            onRetry={() => void limits.refetch()}
            className="mt-4"
          />
        ) : null}
        {list.length > 0 ? (
          <ul className="mt-1 border-t border-line-strong">
            {list.map((limit) => (
              <li key={limit.id} className="border-b py-4">
                <LimitGauges limit={limit}>
                  {canManage ? (
                    <Button
                      size="sm"
                      aria-label={`Change: limit of ${limitSubject(limit)}`}
                      onClick={() => setOpen(limit.id)}
                    >
                      Change
                    </Button>
                  ) : null}
                </LimitGauges>
              </li>
            ))}
          </ul>
        ) : null}
        {limits.isSuccess && list.length === 0 ? (
          <div className="mt-4 flex flex-wrap items-center justify-between gap-3">
            <p className="max-w-[62ch] text-sm text-pretty text-ink-2">
              <span className="font-medium text-ink">No limit is set.</span> Calls to models may come as fast
              as they can. A limit holds requests and tokens in any minute, and calls at once: for everything,
              or for a member, a key, a model or a tag.
            </p>
            {canManage ? <Button onClick={() => setOpen('new')}>Set a limit</Button> : null}
          </div>
        ) : null}
      </section>
      {canManage && open === 'new' ? <LimitDialog onClose={close} /> : null}
      {canManage && editing ? <LimitDialog key={editing.id} limit={editing} onClose={close} /> : null}
    </Page>
  )
}
