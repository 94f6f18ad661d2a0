import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { toast } from 'sonner'
import { api, take } from '../../app/api.ts'
import { plural } from '../../app/format.ts'
import { queryClient } from '../../app/query-client.ts'
import { StatusDot } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { ErrorState } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { AccountSection } from './account-section.tsx'
import { PasswordDialog } from './password-dialog.tsx'
import { PasswordProblem } from './password-problem.tsx'
import { twoFactorQuery } from './queries.ts'
import { RecoveryCodes } from './recovery-codes.tsx'
import { SwitchOnTwoFactorDialog } from './switch-on-two-factor-dialog.tsx'

type Open = 'on' | 'off' | 'renew'

export function TwoFactorSection() {
  const state = useQuery(twoFactorQuery)
  const [open, setOpen] = useState<Open | null>(null)
  const close = (): void => setOpen(null)
  return (
    <AccountSection
      title="Second factor"
      description="After the password, a code of an app on your phone. Who learns your password cannot sign in with it alone."
    >
      {state.isPending ? (
        <div role="status" aria-label="Loading" className="flex h-18 flex-col gap-3">
          <Skeleton className="w-48" />
          <Skeleton className="h-8 w-28" />
        </div>
      ) : null}
      {state.isError ? (
        <ErrorState
          error={state.error}
          title="It is not known whether it is on"
          onRetry={() => void state.refetch()}
        />
      ) : null}
      {state.data?.enabled === false ? (
        <>
          <StatusDot tone="neutral">Off</StatusDot>
          <div className="mt-3">
            <Button onClick={() => setOpen('on')}>Switch on</Button>
          </div>
        </>
      ) : null}
      {state.data?.enabled ? (
        <>
          <StatusDot tone="accent">
            {/* One part, because the dot's row keeps parts apart. */}
            <span>
              On
              {state.data.enabledAt ? (
                <>
                  {' '}
                  since <Time value={state.data.enabledAt} />
                </>
              ) : null}
            </span>
          </StatusDot>
          <p className="mt-1 text-sm text-ink-2">
            {state.data.recoveryCodesLeft === 0 ? (
              <span className="text-amber">No recovery code is left: make new ones.</span>
            ) : (
              `${plural(state.data.recoveryCodesLeft, 'recovery code')} left.`
            )}
          </p>
          <div className="mt-3 flex flex-wrap gap-2">
            <Button onClick={() => setOpen('renew')}>New recovery codes</Button>
            <Button onClick={() => setOpen('off')}>Switch off</Button>
          </div>
        </>
      ) : null}
      {open === 'on' ? <SwitchOnTwoFactorDialog onClose={close} /> : null}
      {open === 'renew' ? <RenewDialog onClose={close} /> : null}
      {open === 'off' ? <SwitchOffDialog onClose={close} /> : null}
    </AccountSection>
  )
}

function SwitchOffDialog({ onClose }: { onClose: () => void }) {
  const disable = useMutation({
    mutationFn: (password: string) => api.POST('/api/v1/user/two-factor/disable', { body: { password } }),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: twoFactorQuery.queryKey })
      toast('The second factor is off')
      onClose()
    },
  })
  return (
    <PasswordDialog
      title="Switch the second factor off?"
      description="From then on your password alone signs you in. The entry in your app and the recovery codes become worthless."
      act="Switch it off"
      danger
      busy={disable.isPending}
      problem={<PasswordProblem error={disable.error} />}
      onConfirm={(password) => disable.mutate(password)}
      onClose={onClose}
    />
  )
}

function RenewDialog({ onClose }: { onClose: () => void }) {
  const renew = useMutation({
    mutationFn: (password: string) =>
      take(api.POST('/api/v1/user/two-factor/recovery-codes', { body: { password } })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: twoFactorQuery.queryKey }),
  })
  if (renew.data) {
    return (
      <Dialog
        open
        onOpenChange={(open) => !open && onClose()}
        title="Your new recovery codes"
        description="The old ones work no more. These are shown this once."
      >
        <RecoveryCodes codes={renew.data.recoveryCodes} onDone={onClose} />
      </Dialog>
    )
  }
  return (
    <PasswordDialog
      title="Make new recovery codes?"
      description="The codes you have kept so far stop working."
      act="Make new codes"
      busy={renew.isPending}
      problem={<PasswordProblem error={renew.error} />}
      onConfirm={(password) => renew.mutate(password)}
      onClose={onClose}
    />
  )
}
