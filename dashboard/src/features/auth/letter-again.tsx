import { useMutation } from '@tanstack/react-query'
import { Check } from 'lucide-react'
import { api, messageOf } from '../../app/api.ts'
import { Button } from '../../ui/button.tsx'

/** “Send the letter again”, and then that it was sent: for an address whose owner has not confirmed it. */
export function LetterAgain({ email, className }: { email: string; className?: string }) {
  const send = useMutation({
    mutationFn: () => api.POST('/api/v1/auth/resend-verification', { body: { email } }),
  })
  return (
    <span aria-live="polite" className={className}>
      {send.isSuccess ? (
        <span className="inline-flex items-center gap-1.5">
          <Check className="size-4 shrink-0 text-accent-ink" aria-hidden /> A new letter is on its way.
        </span>
      ) : (
        <Button variant="link" size="inline" busy={send.isPending} onClick={() => send.mutate()}>
          Send the letter again
        </Button>
      )}
      {send.isError ? <span className="ml-2 text-red">{messageOf(send.error)}</span> : null}
    </span>
  )
}
