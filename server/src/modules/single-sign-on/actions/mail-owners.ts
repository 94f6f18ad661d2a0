import type { Scope } from '../../../platform/context.ts'
import type { MailMessage } from '../../../platform/mail/index.ts'
import type { Platform } from '../../../platform/platform.ts'
import { listOwners } from '../connection-store.ts'

export type Letters = Pick<Platform, 'mail' | 'publicUrl'>

interface Owner {
  to: string
  organization: string
  /** The owner who did it. */
  changedBy: string | null
  publicUrl: string
}

/** Tells every owner, when the transaction commits, how people sign in from now on. */
export async function mailOwners(
  on: Letters,
  scope: Scope,
  compose: (owner: Owner) => MailMessage,
): Promise<void> {
  const owners = await listOwners(scope.tx)
  const changedBy = owners.find(({ userId }) => userId === scope.caller.userId)?.name ?? null
  const publicUrl = on.publicUrl()
  for (const { email: to, organization } of owners)
    await on.mail.send(scope, compose({ to, organization, changedBy, publicUrl }))
}
