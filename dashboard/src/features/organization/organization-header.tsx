import type { ReactNode } from 'react'
import { useCan, useOrganization } from '../../app/session.ts'
import { PageHeader, PageTab } from '../../ui/page.tsx'

export function OrganizationHeader({ actions }: { actions?: ReactNode }) {
  const organization = useOrganization()
  const can = {
    members: useCan('read:users'),
    roles: useCan('read:roles'),
    serviceAccounts: useCan('read:service_accounts'),
    projects: useCan('read:projects'),
    signIn: useCan('manage:sign_in'),
    guardrails: useCan('manage:guardrails'),
    audit: useCan('read:activity'),
  }
  return (
    <PageHeader
      title={organization.name}
      description="Who belongs to the organization, what they may do, and what was done."
      actions={actions}
      tabs={
        <>
          {can.members ? <PageTab to="/organization">Members</PageTab> : null}
          {can.roles ? <PageTab to="/organization/roles">Roles</PageTab> : null}
          {can.serviceAccounts ? (
            <PageTab to="/organization/service-accounts">Service accounts</PageTab>
          ) : null}
          {can.projects ? <PageTab to="/organization/projects">Projects</PageTab> : null}
          {can.signIn ? <PageTab to="/organization/sign-in">Sign-in</PageTab> : null}
          {can.guardrails ? <PageTab to="/organization/guardrails">Guardrails</PageTab> : null}
          {can.audit ? <PageTab to="/organization/audit">Audit log</PageTab> : null}
          <PageTab to="/organization/settings">Settings</PageTab>
        </>
      }
    />
  )
}
