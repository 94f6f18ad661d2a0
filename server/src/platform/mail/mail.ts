import { z } from 'zod'
import type { RateLimiter } from '../cache/index.ts'
import type { Scope } from '../context.ts'
import type { KeyRing } from '../crypto/index.ts'
import type { SystemTx } from '../db/types.ts'
import { newId } from '../ids.ts'
import { type AnyJob, defineJob, type JobQueue } from '../jobs/job-queue.ts'
import type { Logger } from '../telemetry/logger.ts'
import { admitLetter } from './letter-gate.ts'
import type { Mailer, MailMessage } from './mailer.ts'

/**
 * Letters leave by a job, sent in the transaction that causes them: after the commit the letter will go, after a roll-back
 * there is none, nor for an address that gets too many (`letter-gate.ts`). In the queue its text is sealed, because it may carry a link that signs somebody in.
 */
export interface Mail {
  readonly kind: Mailer['kind']
  send(scope: Scope, message: MailMessage): Promise<void>
  sendAsSystem(tx: SystemTx, message: MailMessage): Promise<void>
  /** The job that hands letters over; the app gives it to the queue. */
  readonly job: AnyJob
  close(): void
}

const payload = z.object({ id: z.uuid(), sealed: z.string() })
const message = z.object({ to: z.string(), subject: z.string(), text: z.string(), html: z.string() })

export function createMail(
  on: { jobs: JobQueue; keyRing: KeyRing; rateLimiter: RateLimiter; logger: Logger },
  mailer: Mailer,
): Mail {
  const job = defineJob({
    name: 'mail.send-message',
    payload,
    concurrency: 2,
    retryLimit: 6,
    expireInSeconds: 120,
    async handle({ id, sealed }) {
      await mailer.send(message.parse(JSON.parse(on.keyRing.openText(sealed, `mail:${id}`))), id)
    },
  })
  const seal = (content: MailMessage) => {
    const id = newId()
    return { id, sealed: on.keyRing.sealText(JSON.stringify(content), `mail:${id}`) }
  }
  return {
    kind: mailer.kind,
    job,
    async send(scope, content) {
      if (await admitLetter(on, content)) await on.jobs.send(scope, job, seal(content))
    },
    async sendAsSystem(tx, content) {
      if (await admitLetter(on, content)) await on.jobs.sendAsSystem(tx, job, seal(content))
    },
    close: () => mailer.close(),
  }
}
