import type { ReactNode } from 'react'
import { useCan } from '../../app/session.ts'
import { PageHeader, PageTab } from '../../ui/page.tsx'

export function ModelsHeader({ actions }: { actions?: ReactNode }) {
  const can = { prompts: useCan('read:prompts'), use: useCan('use:models') }
  return (
    <PageHeader
      title="Models"
      description="What models are told, and a place to try it."
      actions={actions}
      tabs={
        <>
          {can.prompts ? <PageTab to="/models/prompts">Prompts</PageTab> : null}
          {can.use ? <PageTab to="/models/playground">Playground</PageTab> : null}
        </>
      }
    />
  )
}
