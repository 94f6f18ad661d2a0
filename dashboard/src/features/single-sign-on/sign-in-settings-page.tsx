import { Page, useTitle } from '../../ui/page.tsx'
import { OrganizationHeader } from '../organization/organization-header.tsx'
import { ConnectionSection } from './connection-section.tsx'
import { DomainsSection } from './domains-section.tsx'
import { GroupsSection } from './groups-section.tsx'
import { ProvisioningSection } from './provisioning-section.tsx'

/** How the people of the organization sign in with its own identity provider, in the order in which it is set up. */
export function SignInSettingsPage() {
  useTitle('Sign-in')
  return (
    <Page>
      <OrganizationHeader />
      <DomainsSection />
      <ConnectionSection />
      <ProvisioningSection />
      <GroupsSection />
    </Page>
  )
}
