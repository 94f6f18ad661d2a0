import type { ReactNode } from 'react'
import { useCan } from '../../app/session.ts'
import { PageHeader, PageTab } from '../../ui/page.tsx'

export function ModelsHeader({ actions }: { actions?: ReactNode }) {
  return (
    <PageHeader
      title="Models"
      description="What answers here, how it does, and under which names it is called."
      actions={actions}
      tabs={
        <>
          <PageTab to="/models">Health</PageTab>
          <PageTab to="/models/routes">Routes</PageTab>
          {useCan('manage:models') ? <PageTab to="/models/keys">Provider keys</PageTab> : null}
        </>
      }
    />
  )
}
