import type { Mailer } from './mailer.ts'

const socketTimeoutMs = 20_000

/**
 * Sends by SMTP over a pool of connections. `smtps://` is encrypted from the first byte; `smtp://` becomes so when the
 * server offers it. Nodemailer is loaded with the first letter, off the way of a start.
 */
export function createSmtpMailer(url: string, from: string): Mailer {
  let transport: ReturnType<typeof open> | undefined
  async function open() {
    const { createTransport } = await import('nodemailer')
    return createTransport({
      url,
      pool: true,
      maxConnections: 2,
      connectionTimeout: socketTimeoutMs,
      greetingTimeout: socketTimeoutMs,
      socketTimeout: socketTimeoutMs,
      // A letter is text of ours: it never reads a file or fetches an address.
      disableFileAccess: true,
      disableUrlAccess: true,
    })
  }
  return {
    kind: 'smtp',
    async send({ to, subject, text, html }, id) {
      transport ??= open()
      const { hostname } = new URL(url)
      await (await transport).sendMail({
        from,
        // As an object: a comma in an address must not make two of it.
        to: { name: '', address: to },
        subject,
        text,
        html,
        messageId: `<${id}@${hostname}>`,
      })
    },
    async check() {
      transport ??= open()
      await (await transport).verify()
    },
    close() {
      transport?.then(
        (open) => open.close(),
        () => {},
      )
    },
  }
}
