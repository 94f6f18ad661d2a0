import { randomBytes } from 'node:crypto'
import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Caller } from '../../../platform/context.ts'
import { encrypt } from '../../../platform/crypto/index.ts'
import { lockCount } from '../../../platform/db/require-room.ts'
import { withTenant } from '../../../platform/db/transactions.ts'
import { newId } from '../../../platform/ids.ts'
import type { Platform } from '../../../platform/platform.ts'
import { openDataKeys } from '../../organizations/index.ts'
import { insertWebhookSecret, updateWebhookSecretsEnding } from '../webhook-secret-store.ts'
import { secretCell } from '../webhook-signature.ts'

/** For so long receivers can still verify with the secret that was replaced. */
const overlapMs = 24 * 3_600_000

/** A new secret to sign webhooks with, shown this once. The one before signs beside it for a day. */
export async function rotateWebhookSecret(
  platform: Platform,
  caller: Caller,
): Promise<{ secret: string; createdAt: Date; previousEndsAt: Date }> {
  requirePermission(caller, 'update:organization')
  const secret = `whsec_${randomBytes(32).toString('base64')}`
  return withTenant(platform, caller, async (scope) => {
    const { tx, organizationId, now } = scope
    await lockCount(tx, 'webhook_secrets', organizationId)
    const previousEndsAt = new Date(now.getTime() + overlapMs)
    await updateWebhookSecretsEnding(tx, previousEndsAt)
    const { current } = await openDataKeys(platform, scope)
    const place = { organizationId, id: newId() }
    await insertWebhookSecret(tx, {
      ...place,
      secretSealed: encrypt(current, secret, secretCell(place)),
      createdAt: now,
      endsAt: null,
    })
    await recordAudit(scope, {
      action: 'webhook_secret.rotate',
      entity: { type: 'webhook_secret', id: place.id },
    })
    return { secret, createdAt: now, previousEndsAt }
  })
}
