import { useMutation } from '@tanstack/react-query'
import { Fingerprint } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from '../../ui/button.tsx'
import { useWait } from './countdown.ts'
import { passkeysWork, signInWithPasskey } from './passkeys.ts'
import { SignInError } from './sign-in-error.tsx'

type Finished = Awaited<ReturnType<typeof signInWithPasskey>>

/**
 * Under the password: the ways to sign in without it, one button a line. `children` are further ones, of providers and
 * single sign-on.
 */
export function OtherWays({
  onFinished,
  children,
}: {
  onFinished: (session: Finished) => void
  children?: ReactNode
}) {
  const signIn = useMutation({ mutationFn: signInWithPasskey, onSuccess: onFinished })
  const wait = useWait(signIn.error)
  if (!passkeysWork && !children) return null
  return (
    <div className="mt-6">
      <p className="flex items-center gap-3 text-xs text-ink-3 before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
        or
      </p>
      <div className="mt-5 flex flex-col gap-2">
        {passkeysWork ? (
          <Button
            size="lg"
            busy={signIn.isPending}
            disabled={wait > 0}
            onClick={() => signIn.mutate()}
            className="w-full"
          >
            <Fingerprint /> {signIn.isPending ? 'Waiting for the passkey' : 'Sign in with a passkey'}
          </Button>
        ) : null}
        {children}
        <SignInError error={signIn.error} email="" waitSeconds={wait} />
      </div>
    </div>
  )
}
