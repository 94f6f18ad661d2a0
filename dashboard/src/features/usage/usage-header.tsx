import type { ReactNode } from 'react'
import { useCan } from '../../app/session.ts'
import { PageHeader, PageTab } from '../../ui/page.tsx'

export function UsageHeader({ actions }: { actions?: ReactNode }) {
  const canRead = useCan('read:budgets')
  const canUse = useCan('use:models')
  return (
    <PageHeader
      title="Usage"
      description="Every call to a model, counted once, with what it cost and why."
      actions={actions}
      tabs={
        <>
          <PageTab to="/usage">Spend</PageTab>
          <PageTab to="/usage/requests">Requests</PageTab>
          {canUse ? <PageTab to="/usage/queued">Queued</PageTab> : null}
          {canRead ? <PageTab to="/usage/limits">Limits</PageTab> : null}
          {canRead ? <PageTab to="/usage/credits">Credits</PageTab> : null}
        </>
      }
    />
  )
}
