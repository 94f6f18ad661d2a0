import type { Clock } from '../platform/clock.ts'
import type { Config } from '../platform/config.ts'
import type { KeyRing } from '../platform/crypto/index.ts'
import type { Database } from '../platform/db/database.ts'
import {
  createOutboxMailer,
  createResendMailer,
  createSmtpMailer,
  type Mailer,
} from '../platform/mail/index.ts'

/** SMTP_URL, else RESEND_API_KEY, else the outbox page. */
export function openMailer(on: {
  config: Config
  database: Database
  clock: Clock
  keyRing: KeyRing
}): Mailer {
  const { config } = on
  if (config.SMTP_URL) return createSmtpMailer(config.SMTP_URL, config.MAIL_FROM)
  if (config.RESEND_API_KEY) {
    const service = { apiKey: config.RESEND_API_KEY, baseUrl: config.RESEND_BASE_URL }
    return createResendMailer(service, config.MAIL_FROM)
  }
  return createOutboxMailer(on)
}
