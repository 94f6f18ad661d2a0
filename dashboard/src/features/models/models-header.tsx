import type { ReactNode } from 'react'
import { useCan } from '../../app/session.ts'
import { PageHeader, PageTab } from '../../ui/page.tsx'

export function ModelsHeader({ actions }: { actions?: ReactNode }) {
  const can = {
    models: useCan('read:models'),
    keys: useCan('manage:models'),
    prompts: useCan('read:prompts'),
    use: useCan('use:models'),
  }
  return (
    <PageHeader
      title="Models"
      description="What answers here and how it does, what it is told, and a place to try it."
      actions={actions}
      tabs={
        <>
          {can.models ? <PageTab to="/models">Health</PageTab> : null}
          {can.models ? <PageTab to="/models/routes">Routes</PageTab> : null}
          {can.keys ? <PageTab to="/models/keys">Provider keys</PageTab> : null}
          {can.prompts ? <PageTab to="/models/prompts">Prompts</PageTab> : null}
          {can.use ? <PageTab to="/models/playground">Playground</PageTab> : null}
        </>
      }
    />
  )
}
