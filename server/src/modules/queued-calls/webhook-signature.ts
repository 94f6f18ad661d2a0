import { createHmac } from 'node:crypto'
import type { Scope } from '../../platform/context.ts'
import { type CellAddress, decryptText } from '../../platform/crypto/index.ts'
import type { Platform } from '../../platform/platform.ts'
import { openDataKeys } from '../organizations/index.ts'
import { listWebhookSecrets, type WebhookSecretRow } from './webhook-secret-store.ts'

export function secretCell({
  organizationId,
  id,
}: Pick<WebhookSecretRow, 'organizationId' | 'id'>): CellAddress {
  return { organizationId, table: 'webhook_secrets', column: 'secret', rowId: id }
}

/** The secrets that sign for the scope's organization now. */
export async function openWebhookSecrets(platform: Platform, scope: Scope): Promise<string[]> {
  const keys = await openDataKeys(platform, scope)
  const rows = await listWebhookSecrets(scope.tx, scope.now)
  return rows.map((row) => decryptText(keys.keyFor(row.secretSealed), row.secretSealed, secretCell(row)))
}

/**
 * The headers of Standard Webhooks: HMAC-SHA256 over id, time and body, once for each secret.
 * @param secrets `whsec_` and the key in base64
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function signWebhook(
  message: { id: string; at: Date; body: string },
  secrets: readonly string[],
): Record<string, string> {
  const timestamp = String(Math.floor(message.at.getTime() / 1000))
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
    const signed = createHmac('sha256', key).update(`${message.id}.${timestamp}.${message.body}`)
    return `v1,${signed.digest('base64')}`
  })
  return {
    'webhook-id': message.id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  }
}
