import { z } from 'zod'
import { defineJob } from '../platform/jobs/job-queue.ts'
import { admitLetter, type Mail, type MailMessage } from '../platform/mail/index.ts'

export interface MemoryMail extends Mail {
  /** What was sent, oldest first. */
  readonly sent: readonly MailMessage[]
}

/** Mail for tests that do not run jobs: a letter is there as soon as it is sent. */
export function createMemoryMail(
  on: Parameters<typeof admitLetter>[0],
  kind: Mail['kind'] = 'outbox',
): MemoryMail {
  const sent: MailMessage[] = []
  const job = defineJob({
    name: 'mail.send-message',
    payload: z.object({}),
    concurrency: 1,
    retryLimit: 0,
    expireInSeconds: 60,
    async handle() {},
  })
  return {
    kind,
    job,
    sent,
    async send(_scope, message) {
      if (await admitLetter(on, message)) sent.push(message)
    },
    async sendAsSystem(_tx, message) {
      if (await admitLetter(on, message)) sent.push(message)
    },
    close() {},
  }
}
