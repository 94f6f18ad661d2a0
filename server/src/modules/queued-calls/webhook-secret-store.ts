import { asc, gt, isNotNull, isNull, lt, or } from 'drizzle-orm'
import type { SystemTx, TenantTx } from '../../platform/db/types.ts'
import { webhookSecrets } from './tables.ts'

export type WebhookSecretRow = typeof webhookSecrets.$inferSelect

/** What signs now, the oldest first. */
export async function listWebhookSecrets(tx: TenantTx, now: Date): Promise<WebhookSecretRow[]> {
  return tx
    .select()
    .from(webhookSecrets)
    .where(or(isNull(webhookSecrets.endsAt), gt(webhookSecrets.endsAt, now)))
    .orderBy(asc(webhookSecrets.id))
}

export async function insertWebhookSecret(tx: TenantTx, row: WebhookSecretRow): Promise<void> {
  await tx.insert(webhookSecrets).values(row)
}

/** The one in use goes on until a moment; one that was replaced before ends now. */
export async function updateWebhookSecretsEnding(tx: TenantTx, endsAt: Date): Promise<void> {
  await tx.delete(webhookSecrets).where(isNotNull(webhookSecrets.endsAt))
  await tx.update(webhookSecrets).set({ endsAt })
}

/** Replaced ones whose time is up, of every organization. */
export async function deleteEndedSecrets(tx: SystemTx, now: Date): Promise<void> {
  await tx.delete(webhookSecrets).where(lt(webhookSecrets.endsAt, now))
}
