import { useQuery } from '@tanstack/react-query'
import { Fingerprint, MoreHorizontal, Pencil, Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import type { Passkey } from '../../app/api-types.ts'
import { Button } from '../../ui/button.tsx'
import { Menu, MenuContent, MenuItem, MenuTrigger } from '../../ui/menu.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { ErrorState } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { passkeysWork } from '../auth/passkeys.ts'
import { AccountSection } from './account-section.tsx'
import { AddPasskeyDialog, RemovePasskeyDialog, RenamePasskeyDialog } from './passkey-dialogs.tsx'
import { passkeysQuery } from './queries.ts'

type Open = { what: 'add' } | { what: 'rename' | 'remove'; passkey: Passkey }

export function PasskeysSection() {
  const passkeys = useQuery(passkeysQuery)
  const [open, setOpen] = useState<Open | null>(null)
  const close = (): void => setOpen(null)
  return (
    <AccountSection
      title="Passkeys"
      description="Sign in with a finger, your face or the PIN of a device. No password is typed, so none can be stolen."
    >
      {passkeys.isPending ? (
        <div role="status" aria-label="Loading" className="flex h-18 flex-col gap-3">
          <Skeleton className="w-48" />
          <Skeleton className="h-8 w-28" />
        </div>
      ) : null}
      {passkeys.isError ? (
        <ErrorState
          error={passkeys.error}
          title="Your passkeys could not be loaded"
          onRetry={() => void passkeys.refetch()}
        />
      ) : null}
      {passkeys.data?.length === 0 ? <p className="text-sm text-ink-3">None yet.</p> : null}
      {passkeys.data && passkeys.data.length > 0 ? (
        <ul aria-label="Your passkeys" className="border-t">
          {passkeys.data.map((passkey) => (
            <li key={passkey.id} className="flex items-center gap-3 border-b py-2.5">
              <Fingerprint className="size-4 shrink-0 text-ink-3" aria-hidden />
              <div className="min-w-0 flex-1">
                <p className="truncate font-medium">{passkey.name}</p>
                <p className="text-sm text-ink-2">
                  {passkey.lastUsedAt ? (
                    <>
                      Last used <Time value={passkey.lastUsedAt} />
                    </>
                  ) : (
                    <>
                      Added <Time value={passkey.createdAt} />, never used
                    </>
                  )}
                  {passkey.backedUp ? ' · kept beyond this device' : ''}
                </p>
              </div>
              <Menu>
                <MenuTrigger asChild>
                  <Button variant="ghost" size="icon-sm" aria-label={`Actions for ${passkey.name}`}>
                    <MoreHorizontal />
                  </Button>
                </MenuTrigger>
                <MenuContent align="end">
                  <MenuItem onSelect={() => setOpen({ what: 'rename', passkey })}>
                    <Pencil /> Rename
                  </MenuItem>
                  <MenuItem danger onSelect={() => setOpen({ what: 'remove', passkey })}>
                    <Trash2 /> Remove
                  </MenuItem>
                </MenuContent>
              </Menu>
            </li>
          ))}
        </ul>
      ) : null}
      {passkeys.isSuccess ? (
        <div className="mt-3">
          {passkeysWork ? (
            <Button onClick={() => setOpen({ what: 'add' })}>
              <Plus /> Add a passkey
            </Button>
          ) : (
            <p className="text-sm text-pretty text-ink-2">
              This browser makes none at this address: passkeys need https.
            </p>
          )}
        </div>
      ) : null}
      {open?.what === 'add' ? <AddPasskeyDialog onClose={close} /> : null}
      {open?.what === 'rename' ? <RenamePasskeyDialog passkey={open.passkey} onClose={close} /> : null}
      {open?.what === 'remove' ? <RemovePasskeyDialog passkey={open.passkey} onClose={close} /> : null}
    </AccountSection>
  )
}
