import { useMutation } from '@tanstack/react-query'
import { QRCodeSVG } from 'qrcode.react'
import { useState } from 'react'
import { api, take } from '../../app/api.ts'
import { queryClient } from '../../app/query-client.ts'
import { Button } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { Input } from '../../ui/input.tsx'
import { useWait } from '../auth/countdown.ts'
import { SignInError } from '../auth/sign-in-error.tsx'
import { PasswordDialog } from './password-dialog.tsx'
import { PasswordProblem } from './password-problem.tsx'
import { twoFactorQuery } from './queries.ts'
import { RecoveryCodes } from './recovery-codes.tsx'

/** Password, then the picture and a first code of the app, then the recovery codes. */
export function SwitchOnTwoFactorDialog({ onClose }: { onClose: () => void }) {
  const [code, setCode] = useState('')
  const begin = useMutation({
    mutationFn: (password: string) => take(api.POST('/api/v1/user/two-factor', { body: { password } })),
  })
  const confirm = useMutation({
    mutationFn: () =>
      api.POST('/api/v1/user/two-factor/confirm', { body: { code: code.replaceAll(/\s/g, '') } }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: twoFactorQuery.queryKey }),
  })
  const wait = useWait(confirm.error)

  if (!begin.data) {
    return (
      <PasswordDialog
        title="Switch the second factor on"
        description="You need an authenticator app on your phone, such as the one of your password manager."
        act="Continue"
        busy={begin.isPending}
        problem={<PasswordProblem error={begin.error} />}
        onConfirm={(password) => begin.mutate(password)}
        onClose={onClose}
      />
    )
  }
  if (confirm.isSuccess) {
    return (
      <Dialog
        open
        onOpenChange={(open) => !open && onClose()}
        title="The second factor is on"
        description="Keep these recovery codes now: they are shown this once."
      >
        <RecoveryCodes codes={begin.data.recoveryCodes} onDone={onClose} />
      </Dialog>
    )
  }
  const { secret, uri } = begin.data
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Let your app read this picture"
      description="Then type the code that the app shows."
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          confirm.mutate()
        }}
        className="flex flex-col gap-4"
      >
        <div className="flex items-center gap-5 max-sm:flex-col max-sm:items-stretch">
          <QRCodeSVG
            value={uri}
            size={168}
            marginSize={3}
            title="Picture code for an authenticator app"
            className="shrink-0 self-center rounded-md border"
          />
          <div className="min-w-0 flex-1">
            <p className="text-sm text-ink-2">No camera? Type this secret into the app:</p>
            <div className="mt-1.5 flex items-start gap-1">
              <code
                data-testid="two-factor-secret"
                className="max-w-[22ch] min-w-0 font-mono text-sm select-all"
              >
                {/* In fours, as one reads it aloud; copied and read out whole. */}
                {secret.match(/.{1,4}/g)?.map((four, place) => (
                  // The parts never move.
                  // biome-ignore lint/suspicious/noArrayIndexKey: the same four signs may come twice
                  <span key={place} className="mr-[0.6em] inline-block">
                    {four}
                  </span>
                ))}
              </code>
              <CopyButton value={secret} label="Copy the secret" className="-mt-1" />
            </div>
          </div>
        </div>
        <Field label="Code of the app">
          {(control) => (
            <Input
              {...control}
              value={code}
              autoFocus
              inputMode="numeric"
              autoComplete="one-time-code"
              placeholder="123 456"
              maxLength={10}
              className="font-mono tracking-[0.08em]"
              onChange={(event) => setCode(event.target.value)}
            />
          )}
        </Field>
        <SignInError error={confirm.error} email="" waitSeconds={wait} />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            variant="primary"
            busy={confirm.isPending}
            disabled={!/^\d{6}$/.test(code.replaceAll(/\s/g, '')) || wait > 0}
          >
            Switch it on
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
