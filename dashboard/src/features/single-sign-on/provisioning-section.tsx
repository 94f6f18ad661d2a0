import { Link } from '@tanstack/react-router'
import { KeyRound } from 'lucide-react'
import { useCan } from '../../app/session.ts'
import { Button } from '../../ui/button.tsx'
import { CopyLine } from '../../ui/copy-line.tsx'
import { AccountSection } from '../account/account-section.tsx'

/** Where an identity provider keeps people and groups, and the key it does so with. */
export function ProvisioningSection() {
  const canManageKeys = useCan('manage:api_keys')
  const canProvision = useCan('manage:provisioning')
  return (
    <AccountSection
      title="Provisioning"
      description="By SCIM 2.0 the identity provider adds people before they first sign in, and ends their membership at once when they leave."
    >
      <div className="flex flex-col gap-5">
        <CopyLine
          label="SCIM address"
          value={`${window.location.origin}/scim/v2`}
          hint="Some providers call it base URL or tenant URL."
        />
        <div>
          <p className="text-sm font-medium">Token</p>
          <p className="mt-1 text-sm text-pretty text-ink-2">
            An API key that may do one thing:{' '}
            <span className="font-mono text-xs text-ink-3">manage:provisioning</span>. Let it belong to a
            service account with the role Admin, so that it stays when you leave.
          </p>
          {canManageKeys && canProvision ? (
            <Button asChild className="mt-3">
              <Link
                to="/connect/keys"
                search={{ create: true, name: 'Provisioning', scope: 'manage:provisioning' }}
              >
                <KeyRound /> Make a key for it
              </Link>
            </Button>
          ) : (
            <p className="mt-2 text-sm text-pretty text-ink-3">
              Your role makes no such key: ask an owner or admin of your organization.
            </p>
          )}
        </div>
      </div>
    </AccountSection>
  )
}
