import { useMutation } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { api, FreeholdError, take } from '../../app/api.ts'
import { Button } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'
import { Input } from '../../ui/input.tsx'
import { useWait } from './countdown.ts'
import { SignInError } from './sign-in-error.tsx'

type Finished = Awaited<ReturnType<typeof finish>>

function finish(body: { twoFactorToken: string; code: string }) {
  return take(api.POST('/api/v1/auth/two-factor', { body }))
}

/** After the password: the code that the app shows now, or one of the recovery codes. */
export function SecondStep({
  token,
  onFinished,
  onEnded,
}: {
  token: string
  onFinished: (session: Finished) => void
  /** The step took too long or too many codes were wrong: it begins anew. */
  onEnded: (error: FreeholdError) => void
}) {
  const [recovery, setRecovery] = useState(false)
  const [code, setCode] = useState('')
  const input = useRef<HTMLInputElement>(null)
  const send = useMutation({
    mutationFn: (written: string) => finish({ twoFactorToken: token, code: written }),
    onSuccess: onFinished,
    onError: (error) => {
      if (error instanceof FreeholdError && error.code === 'identity.two_factor_failed') onEnded(error)
      else {
        setCode('')
        input.current?.focus()
      }
    },
  })
  const wait = useWait(send.error)
  const written = recovery ? code.trim() : code.replaceAll(/\s/g, '')
  const complete = recovery ? written.length >= 6 : /^\d{6}$/.test(written)
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        if (complete && !send.isPending && wait === 0) send.mutate(written)
      }}
      className="flex flex-col gap-4"
    >
      <Field
        key={recovery ? 'recovery' : 'app'}
        label={recovery ? 'Recovery code' : 'Code'}
        hint={recovery ? 'Each of them works once.' : null}
      >
        {(control) => (
          <Input
            {...control}
            ref={input}
            value={code}
            autoFocus
            autoComplete={recovery ? 'off' : 'one-time-code'}
            inputMode={recovery ? 'text' : 'numeric'}
            autoCapitalize="characters"
            spellCheck={false}
            maxLength={40}
            placeholder={recovery ? 'ABCD-EFGH-IJKL-MNOP' : '123 456'}
            className="font-mono tracking-[0.08em]"
            onChange={(event) => {
              const next = event.target.value
              setCode(next)
              // The sixth digit is the last thing there is to do.
              const digits = next.replaceAll(/\s/g, '')
              if (!recovery && /^\d{6}$/.test(digits) && !send.isPending && wait === 0) send.mutate(digits)
            }}
          />
        )}
      </Field>
      <SignInError error={send.error} email="" waitSeconds={wait} />
      <Button
        type="submit"
        variant="primary"
        size="lg"
        busy={send.isPending}
        disabled={!complete || wait > 0}
      >
        {send.isPending ? 'Checking' : 'Continue'}
      </Button>
      <Button
        variant="link"
        size="inline"
        className="self-start text-sm"
        onClick={() => {
          setRecovery(!recovery)
          setCode('')
          send.reset()
        }}
      >
        {recovery ? 'Use a code of the app' : 'Use a recovery code'}
      </Button>
    </form>
  )
}
