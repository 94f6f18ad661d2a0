import { Page, useTitle } from '../../ui/page.tsx'
import { AccountHeader } from './account-header.tsx'
import { PasskeysSection } from './passkeys-section.tsx'
import { PasswordSection } from './password-section.tsx'
import { TwoFactorSection } from './two-factor-section.tsx'

export function SecurityPage() {
  useTitle('Security')
  return (
    <Page>
      <AccountHeader />
      <PasswordSection />
      <TwoFactorSection />
      <PasskeysSection />
    </Page>
  )
}
