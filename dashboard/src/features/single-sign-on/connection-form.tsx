import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { toast } from 'sonner'
import { api, FreeholdError, take } from '../../app/api.ts'
import type { SignInConnection } from '../../app/api-types.ts'
import { Button } from '../../ui/button.tsx'
import { CopyLine } from '../../ui/copy-line.tsx'
import { Field } from '../../ui/field.tsx'
import { Input } from '../../ui/input.tsx'
import { Select } from '../../ui/select.tsx'
import { FormError } from '../auth/form-error.tsx'
import { PasswordInput } from '../auth/password-input.tsx'
import { ConnectionTest } from './connection-test.tsx'
import { DisconnectDialog } from './disconnect-dialog.tsx'
import { rememberConnection } from './queries.ts'
import { SwitchLine } from './switch-line.tsx'

type DefaultRole = SignInConnection['defaultRole']

const defaultRoles: { value: DefaultRole; label: string; hint: string }[] = [
  { value: 'member', label: 'Member', hint: 'Asks, uploads, sees what was spent.' },
  { value: 'guest', label: 'Guest', hint: 'Sees what is shared with them, and nothing else.' },
]

const isCode = (error: unknown, code: string): boolean =>
  error instanceof FreeholdError && error.code === `single_sign_on.${code}`

export function ConnectionForm({
  saved,
  redirectUri,
  domains,
}: {
  saved: SignInConnection | null
  redirectUri: string
  domains: string[]
}) {
  const [issuer, setIssuer] = useState(saved?.issuer ?? '')
  const [clientId, setClientId] = useState(saved?.clientId ?? '')
  const [clientSecret, setClientSecret] = useState('')
  const [defaultRole, setDefaultRole] = useState<DefaultRole>(saved?.defaultRole ?? 'member')
  const [required, setRequired] = useState(saved?.required ?? false)
  const [enabled, setEnabled] = useState(saved?.enabled ?? true)
  const [disconnecting, setDisconnecting] = useState(false)
  const next = { issuer: issuer.trim(), clientId: clientId.trim(), defaultRole, required, enabled }
  const isSameIssuer = saved !== null && saved.issuer === next.issuer
  const hasChanged =
    saved === null ||
    clientSecret !== '' ||
    Object.entries(next).some(([name, value]) => saved[name as keyof typeof next] !== value)
  const isComplete = next.issuer !== '' && next.clientId !== '' && (isSameIssuer || clientSecret !== '')
  const save = useMutation({
    mutationFn: () =>
      take(
        api.PUT('/api/v1/sign-in/connection', {
          body: { ...next, ...(clientSecret === '' ? {} : { clientSecret }) },
        }),
      ),
    onSuccess: (connection) => {
      rememberConnection(connection)
      setClientSecret('')
      toast(saved === null ? 'The identity provider is connected' : 'The connection was saved')
    },
  })
  const test = useMutation({
    mutationFn: () => take(api.POST('/api/v1/sign-in/connection/test', { body: { issuer: next.issuer } })),
  })
  const issuerProblem = isCode(save.error, 'issuer_unusable')
    ? save.error?.message
    : isMalformed(save.error) || isMalformed(test.error)
      ? 'An issuer is an address that begins with https://'
      : undefined
  const secretProblem = isCode(save.error, 'client_secret_missing') ? save.error?.message : undefined
  const otherProblem =
    issuerProblem || secretProblem ? null : (save.error ?? (isMalformed(test.error) ? null : test.error))
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        test.reset()
        save.mutate()
      }}
      className="flex flex-col gap-5"
    >
      <CopyLine
        label="Redirect address"
        value={redirectUri}
        hint="The provider asks for it when you register the application: it sends people back there."
      />
      <Field
        label="Issuer"
        hint="As the provider calls itself: https://acme.okta.com, https://accounts.google.com, https://login.microsoftonline.com/<tenant id>/v2.0"
        error={issuerProblem}
      >
        {(control) => (
          <Input
            {...control}
            value={issuer}
            required
            maxLength={500}
            placeholder="https://acme.okta.com"
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            inputMode="url"
            onChange={(event) => {
              setIssuer(event.target.value)
              test.reset()
              save.reset()
            }}
          />
        )}
      </Field>
      <Field label="Client id">
        {(control) => (
          <Input
            {...control}
            value={clientId}
            required
            maxLength={500}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            onChange={(event) => setClientId(event.target.value)}
          />
        )}
      </Field>
      <Field
        label="Client secret"
        hint={
          isSameIssuer
            ? 'Set. It is kept sealed and never shown; type a new one to replace it.'
            : saved === null
              ? 'It is kept sealed and never shown again.'
              : 'Another issuer is a new connection: it needs a secret of its own.'
        }
        error={secretProblem}
      >
        {(control) => (
          <PasswordInput
            {...control}
            value={clientSecret}
            required={!isSameIssuer}
            maxLength={2000}
            // Not the password of whoever sits here.
            autoComplete="off"
            data-1p-ignore
            placeholder={isSameIssuer ? '••••••••••••' : ''}
            onChange={(event) => {
              setClientSecret(event.target.value)
              if (secretProblem) save.reset()
            }}
          />
        )}
      </Field>
      <Field
        label="Who joins by signing in becomes"
        hint={defaultRoles.find((role) => role.value === defaultRole)?.hint}
      >
        {(control) => (
          <Select
            id={control.id}
            value={defaultRole}
            onChange={setDefaultRole}
            options={defaultRoles}
            className="w-full [&>select]:h-9"
          />
        )}
      </Field>
      <div className="border-t">
        <SwitchLine
          label="People of our domains must use it"
          checked={required}
          // What is on can be taken back, whatever became of the domains.
          disabled={domains.length === 0 && !required}
          onChange={setRequired}
        >
          {domains.length === 0
            ? 'Verify a domain first: without one nobody could sign in this way.'
            : `Passwords, passkeys and other providers let nobody with an address of ${listed(domains)} in any more. Owners can still use their password, so that somebody gets in when the provider does not answer. Open sessions stay open.`}
        </SwitchLine>
        <SwitchLine label="Switched on" checked={enabled} onChange={setEnabled}>
          {enabled
            ? 'Single sign-on is offered to people of your domains.'
            : 'Everything stays as entered, and nobody can sign in this way.'}
        </SwitchLine>
      </div>
      <ConnectionTest result={test.data} busy={test.isPending} />
      <FormError error={otherProblem} />
      <div className="flex flex-wrap gap-2">
        <Button
          type="submit"
          variant="primary"
          busy={save.isPending}
          disabled={!isComplete || !hasChanged || test.isPending}
        >
          {saved === null ? 'Connect' : 'Save'}
        </Button>
        <Button
          busy={test.isPending}
          disabled={next.issuer === '' || save.isPending}
          onClick={() => {
            save.reset()
            test.mutate()
          }}
        >
          {test.isPending ? 'Asking the provider' : 'Test'}
        </Button>
        {saved === null ? null : (
          <Button
            onClick={() => setDisconnecting(true)}
            className="ml-auto border-red-line text-red max-[26rem]:ml-0"
          >
            Disconnect
          </Button>
        )}
      </div>
      {disconnecting && saved ? (
        <DisconnectDialog
          connection={saved}
          onDisconnected={() => {
            setIssuer('')
            setClientId('')
            setClientSecret('')
            setRequired(false)
            setEnabled(true)
            save.reset()
            test.reset()
          }}
          onClose={() => setDisconnecting(false)}
        />
      ) : null}
    </form>
  )
}

function isMalformed(error: unknown): boolean {
  return error instanceof FreeholdError && error.status === 400
}

function listed(domains: readonly string[]): string {
  if (domains.length > 3) return `${domains.slice(0, 2).join(', ')} and ${domains.length - 2} more domains`
  return new Intl.ListFormat('en').format(domains)
}
