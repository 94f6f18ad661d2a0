import type { ReactNode } from 'react'
import { useCan, useOrganization } from '../../app/session.ts'
import { PageHeader, PageTab } from '../../ui/page.tsx'

export function OrganizationHeader({ actions }: { actions?: ReactNode }) {
  const organization = useOrganization()
  const canRead = useCan('read:activity')
  return (
    <PageHeader
      title={organization.name}
      description="Who belongs to the organization, what they may do, and what was done."
      actions={actions}
      tabs={
        <>
          <PageTab to="/organization">Members</PageTab>
          {canRead ? <PageTab to="/organization/audit">Audit log</PageTab> : null}
          <PageTab to="/organization/settings">Settings</PageTab>
        </>
      }
    />
  )
}
