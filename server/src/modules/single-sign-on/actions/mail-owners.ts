import type { Scope } from '../../../platform/context.ts'
import type { Platform } from '../../../platform/platform.ts'
import { type ConnectionRow, listOwners } from '../connection-store.ts'
import { composeConnectionLetter } from '../rules/compose-connection-letter.ts'

/** Tells every owner of another issuer or client, when the transaction commits. */
export async function mailOwners(
  platform: Pick<Platform, 'mail' | 'publicUrl'>,
  scope: Scope,
  { issuer, clientId }: ConnectionRow,
): Promise<void> {
  const owners = await listOwners(scope.tx)
  const changedBy = owners.find(({ userId }) => userId === scope.caller.userId)?.name ?? null
  for (const { email: to, organization } of owners) {
    const publicUrl = platform.publicUrl()
    await platform.mail.send(
      scope,
      composeConnectionLetter({ to, organization, changedBy, issuer, clientId, publicUrl }),
    )
  }
}
