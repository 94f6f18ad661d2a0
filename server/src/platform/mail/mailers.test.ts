import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import { afterEach, describe, expect, test } from 'vitest'
import { newId } from '../ids.ts'
import { composeMail } from './compose-mail.ts'
import { createResendMailer } from './resend-mailer.ts'
import { createSmtpMailer } from './smtp-mailer.ts'

const closing: (() => void | Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

interface Delivered {
  from: string
  to: string[]
  raw: string
  user: unknown
  secure: boolean
}

/** A mail server that takes everything, or refuses with a code. */
async function mailServer(options: { refuse?: { code: number; message: string }; password?: string } = {}) {
  const delivered: Delivered[] = []
  const server = new SMTPServer({
    authOptional: options.password === undefined,
    hideSTARTTLS: true,
    allowInsecureAuth: true,
    logger: false,
    onAuth(auth, _session, done) {
      if (auth.password === options.password) done(null, { user: auth.username })
      else done(new Error('wrong password'))
    },
    onRcptTo(_address, _session, done) {
      const { refuse } = options
      done(refuse && Object.assign(new Error(refuse.message), { responseCode: refuse.code }))
    },
    onData(stream, session, done) {
      const pieces: Buffer[] = []
      stream.on('data', (piece: Buffer) => pieces.push(piece))
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope
        delivered.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          raw: Buffer.concat(pieces).toString('utf8'),
          user: session.user,
          secure: session.secure,
        })
        done()
      })
    },
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => new Promise((resolve) => server.close(resolve)))
  // An SMTPServer listens on a net.Server, whose address is an object for TCP.
  return { port: (server.server.address() as AddressInfo).port, delivered }
}

const letter = (to: string) =>
  composeMail({
    to,
    subject: 'Grüße: an invitation',
    heading: 'An invitation',
    paragraphs: ['Ada <invites> you & yours.'],
    action: { label: 'Accept', url: 'https://freehold.example/invitation#token=abc' },
    footnote: 'The link works for seven days.',
  })

function smtp(url: string) {
  const mailer = createSmtpMailer(url, 'Freehold <no-reply@freehold.example>')
  closing.push(() => mailer.close())
  return mailer
}

describe('by SMTP', () => {
  test('a letter reaches the mail server as text and as HTML, from the configured sender', async () => {
    const { port, delivered } = await mailServer()
    const id = newId()
    await smtp(`smtp://127.0.0.1:${port}`).send(letter('grace@example.com'), id)
    expect(delivered).toHaveLength(1)
    const [mail] = delivered
    expect(mail).toMatchObject({ from: 'no-reply@freehold.example', to: ['grace@example.com'] })
    expect(mail?.raw).toMatch(/^Content-Type: multipart\/alternative/m)
    expect(mail?.raw).toContain('https://freehold.example/invitation#token=3Dabc')
    expect(mail?.raw).toContain(`Message-ID: <${id}@127.0.0.1>`)
    expect(mail?.raw).toMatch(/^Subject: =\?UTF-8\?/m)
  })

  test('user and password of the URL are shown to the server', async () => {
    const { port, delivered } = await mailServer({ password: 'p@ss word' })
    await smtp(`smtp://mailer:p%40ss%20word@127.0.0.1:${port}`).send(letter('grace@example.com'), newId())
    expect(delivered[0]?.user).toBe('mailer')
  })

  test('a wrong password and a refused recipient are errors, without the password in them', async () => {
    const locked = await mailServer({ password: 'right' })
    const wrong = smtp(`smtp://mailer:secretguess@127.0.0.1:${locked.port}`)
    const refusal = await wrong.send(letter('grace@example.com'), newId()).catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(Error)
    expect(String(refusal)).not.toContain('secretguess')
    const full = await mailServer({ refuse: { code: 452, message: 'mailbox full' } })
    await expect(
      smtp(`smtp://127.0.0.1:${full.port}`).send(letter('grace@example.com'), newId()),
    ).rejects.toThrow(/mailbox full/)
  })

  test('an address cannot smuggle in a second recipient or a header', async () => {
    const { port, delivered } = await mailServer()
    const mailer = smtp(`smtp://127.0.0.1:${port}`)
    for (const address of ['a@example.com, eve@example.net', 'a@example.com\r\nBcc: eve@example.net'])
      await mailer.send(letter(address), newId()).catch(() => {})
    expect(delivered.flatMap(({ to }) => to).filter((to) => to === 'eve@example.net')).toEqual([])
    expect(delivered.map(({ raw }) => raw).join('')).not.toMatch(/^Bcc:/m)
  })
})

describe('by Resend', () => {
  async function service(status: number, answer: unknown) {
    const requests: { headers: Record<string, unknown>; body: unknown }[] = []
    const server = createServer((request, response) => {
      let text = ''
      request.on('data', (piece) => {
        text += piece
      })
      request.on('end', () => {
        requests.push({ headers: request.headers, body: JSON.parse(text) })
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    closing.push(() => new Promise((resolve) => server.close(() => resolve())))
    const { port } = server.address() as AddressInfo // TCP
    return { requests, baseUrl: `http://127.0.0.1:${port}` }
  }

  test('a letter is posted once under its own key, so that a second try is not a second letter', async () => {
    const { requests, baseUrl } = await service(200, { id: 'x' })
    const mailer = createResendMailer({ apiKey: 're_test', baseUrl }, 'Freehold <no-reply@freehold.example>')
    const id = newId()
    await mailer.send(letter('grace@example.com'), id)
    expect(requests[0]?.headers).toMatchObject({ authorization: 'Bearer re_test', 'idempotency-key': id })
    expect(requests[0]?.body).toMatchObject({
      from: 'Freehold <no-reply@freehold.example>',
      to: ['grace@example.com'],
    })
  })

  test('a refusal is an error with what the service said and without the key', async () => {
    const { baseUrl } = await service(422, { message: 'domain not verified' })
    const mailer = createResendMailer({ apiKey: 're_test_secret', baseUrl }, 'Freehold <x@example.com>')
    const refusal = await mailer.send(letter('grace@example.com'), newId()).catch((error: unknown) => error)
    expect(String(refusal)).toMatch(/422.*domain not verified/)
    expect(String(refusal)).not.toContain('re_test_secret')
  })
})
