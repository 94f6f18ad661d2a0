import { Link } from '@tanstack/react-router'
import { MailWarning, X } from 'lucide-react'
import { useState } from 'react'
import { useSession } from '../../app/session.ts'
import { Button } from '../../ui/button.tsx'
import { LetterAgain } from '../auth/letter-again.tsx'

const storageKey = 'freehold.unverified-banner'

function readDismissed(): string | null {
  try {
    return sessionStorage.getItem(storageKey)
  } catch {
    return null
  }
}

/** Over every page while the address is not confirmed, until it is put away for this visit. */
export function UnverifiedBanner() {
  const { user } = useSession()
  const [dismissed, setDismissed] = useState(readDismissed)
  if (user.emailVerified || dismissed === user.id) return null
  return (
    <section
      aria-label="Your address is not confirmed"
      className="flex shrink-0 items-center gap-3 border-b border-amber-line bg-amber-soft py-1.5 pr-3 pl-8 text-sm max-md:pl-4"
    >
      <MailWarning className="size-4 shrink-0 text-amber max-md:hidden" aria-hidden />
      <p className="min-w-0 flex-1 text-pretty">
        Confirm your e-mail address
        <span className="max-md:hidden">
          {' '}
          by the link in the letter to <span className="wrap-anywhere">{user.email}</span>
        </span>
        . <LetterAgain email={user.email} className="whitespace-nowrap" />
        {user.superAdmin ? (
          <span className="max-md:hidden">
            {' '}
            Without a mail server it waits in the{' '}
            <Button asChild variant="link" size="inline">
              <Link to="/installation/outbox">outbox</Link>
            </Button>
            .
          </span>
        ) : null}
      </p>
      <Button
        variant="ghost"
        size="icon-sm"
        aria-label="Put away for now"
        onClick={() => {
          setDismissed(user.id)
          try {
            sessionStorage.setItem(storageKey, user.id)
          } catch {
            // Then it is away on this page only.
          }
        }}
      >
        <X />
      </Button>
    </section>
  )
}
