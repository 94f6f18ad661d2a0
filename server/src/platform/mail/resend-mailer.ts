import { request } from 'undici'
import type { Mailer } from './mailer.ts'

const timeoutMs = 20_000

/** Sends by Resend's API, or a service that speaks like it. */
export function createResendMailer(service: { apiKey: string; baseUrl: string }, from: string): Mailer {
  return {
    kind: 'resend',
    async send({ to, subject, text, html }, id) {
      const answer = await request(new URL('emails', `${service.baseUrl.replace(/\/+$/, '')}/`), {
        method: 'POST',
        headers: {
          authorization: `Bearer ${service.apiKey}`,
          'content-type': 'application/json',
          'idempotency-key': id,
        },
        body: JSON.stringify({ from, to: [to], subject, text, html }),
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
      })
      const body = (await answer.body.text()).slice(0, 500)
      if (answer.statusCode >= 300) throw new Error(`Resend answered ${answer.statusCode}: ${body}`)
    },
    check: async () => {},
    close() {},
  }
}
