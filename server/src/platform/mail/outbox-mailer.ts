import { and, desc, eq, lt, notInArray, sql } from 'drizzle-orm'
import type { Clock } from '../clock.ts'
import type { KeyRing } from '../crypto/index.ts'
import type { Database } from '../db/database.ts'
import { systemTx } from '../db/transactions.ts'
import type { SystemTx } from '../db/types.ts'
import type { Mailer, MailMessage } from './mailer.ts'
import { outboxMails } from './tables.ts'

const purpose = 'outbox-mail'
const mostKept = 200

export interface OutboxMail extends MailMessage {
  id: string
  createdAt: Date
}

type On = { database: Database; clock: Clock; keyRing: KeyRing }

/** Keeps the newest letters for the outbox page: what a server without a mail server has sent. */
export function createOutboxMailer(on: On): Mailer {
  return {
    kind: 'outbox',
    send: ({ to, subject, text: plain, html }, id) =>
      systemTx(on, 'send-mail', async (tx) => {
        const contentSealed = on.keyRing.sealText(JSON.stringify({ text: plain, html }), `${purpose}:${id}`)
        await tx
          .insert(outboxMails)
          .values({ id, recipient: to, subject, contentSealed, createdAt: on.clock.now() })
          .onConflictDoNothing()
        const kept = tx
          .select({ id: outboxMails.id })
          .from(outboxMails)
          .orderBy(desc(outboxMails.createdAt), desc(outboxMails.id))
          .limit(mostKept)
        await tx.delete(outboxMails).where(notInArray(outboxMails.id, kept))
      }),
    check: async () => {},
    close() {},
  }
}

/** The letters in the outbox, newest first. */
export async function listOutboxMails(
  on: On,
  page: { limit: number; beforeId: string | undefined },
): Promise<OutboxMail[]> {
  const rows = await systemTx(on, 'send-mail', (tx) =>
    tx
      .select()
      .from(outboxMails)
      .where(and(page.beforeId === undefined ? undefined : lt(outboxMails.id, page.beforeId)))
      .orderBy(desc(outboxMails.id))
      .limit(page.limit + 1),
  )
  return rows.map((row) => present(on, row))
}

export async function findOutboxMail(on: On, id: string): Promise<OutboxMail | undefined> {
  const [row] = await systemTx(on, 'send-mail', (tx) =>
    tx.select().from(outboxMails).where(eq(outboxMails.id, id)),
  )
  return row && present(on, row)
}

/** Removes a person's letters. */
export async function deleteMailsTo(tx: SystemTx, email: string): Promise<void> {
  await tx.delete(outboxMails).where(eq(sql`lower(${outboxMails.recipient})`, email.toLowerCase()))
}

/** Removes letters that were sent long ago: they name organizations and people who may be there no more. */
export async function deleteMailsBefore(tx: SystemTx, before: Date): Promise<void> {
  await tx.delete(outboxMails).where(lt(outboxMails.createdAt, before))
}

function present(on: On, row: typeof outboxMails.$inferSelect): OutboxMail {
  // Written by the mailer above.
  const content = JSON.parse(on.keyRing.openText(row.contentSealed, `${purpose}:${row.id}`)) as {
    text: string
    html: string
  }
  return { id: row.id, to: row.recipient, subject: row.subject, createdAt: row.createdAt, ...content }
}
