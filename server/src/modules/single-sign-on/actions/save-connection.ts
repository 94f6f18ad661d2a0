import type { z } from 'zod'
import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { newId } from '../../../platform/ids.ts'
import type { Platform } from '../../../platform/platform.ts'
import { sealClientSecret } from '../client-secret.ts'
import {
  type ConnectionRow,
  deleteConnection,
  findConnectionForUpdate,
  insertConnection,
  updateConnection,
} from '../connection-store.ts'
import type { connectionBody } from '../contract.ts'
import { hasVerifiedDomain } from '../domain-store.ts'
import { clientSecretMissing, noVerifiedDomain } from '../errors.ts'
import { composeConnectionLetter } from '../rules/compose-connection-letter.ts'
import { mailOwners } from './mail-owners.ts'

/**
 * Connects an identity provider, or changes the connection. The issuer must have been read before. Another issuer is a
 * new connection, of which every owner is told: it gets no secret that was given to the old one, and whom the old one vouched for it must vouch for itself.
 * @throws client_secret_missing, no_verified_domain (422)
 */
export async function saveConnection(
  scope: Scope,
  on: Pick<Platform, 'keyRing' | 'mail' | 'publicUrl'>,
  input: z.infer<typeof connectionBody>,
): Promise<ConnectionRow> {
  const { tx, organizationId, now } = scope
  requirePermission(scope.caller, 'manage:sign_in')
  // Nobody but owners would get in any more.
  if (input.required && input.enabled && !(await hasVerifiedDomain(tx))) throw noVerifiedDomain()
  const before = await findConnectionForUpdate(tx)
  const same = before?.issuer === input.issuer ? before : undefined
  const id = same?.id ?? newId()
  const clientSecretSealed =
    input.clientSecret === undefined
      ? same?.clientSecretSealed
      : sealClientSecret(on, { organizationId, id }, input.clientSecret)
  if (clientSecretSealed === undefined) throw clientSecretMissing()
  const { issuer, clientId, defaultRole, required, enabled } = input
  const row: ConnectionRow = {
    organizationId,
    id,
    issuer,
    clientId,
    clientSecretSealed,
    defaultRole,
    required,
    enabled,
    createdAt: same?.createdAt ?? now,
    updatedAt: now,
    // Nobody else holds the permission.
    savedByOwner: true,
  }
  if (same) await updateConnection(tx, id, row)
  else {
    if (before) await deleteConnection(tx, before.id)
    await insertConnection(tx, row)
  }
  if (same?.clientId !== clientId || input.clientSecret !== undefined)
    await mailOwners(on, scope, (owner) => composeConnectionLetter({ ...owner, issuer, clientId }))
  await recordAudit(scope, {
    action: before ? 'sign_in_connection.change' : 'sign_in_connection.create',
    entity: { type: 'sign_in_connection', id },
    changes: {
      issuer,
      clientId,
      defaultRole,
      required,
      enabled,
      ...(input.clientSecret === undefined ? {} : { clientSecret: 'changed' }),
    },
  })
  return row
}
