import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemTx } from '../../platform/db/transactions.ts'
import { newId } from '../../platform/ids.ts'
import { composeMail, createOutboxMailer } from '../../platform/mail/index.ts'
import { createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'
import { updateUserSuperAdmin } from '../identity/index.ts'

let on: TestApp

beforeAll(async () => {
  on = await createTestApp()
})

afterAll(async () => {
  await on.dispose()
})

interface Outbox {
  data: { id: string; to: string; text: string; html: string }[]
  nextCursor: string | null
  delivery: string
}

const letter = (to: string) =>
  composeMail({
    to,
    subject: 'A letter',
    heading: 'A letter',
    paragraphs: ['<script>alert(1)</script> & so on'],
    action: { label: 'Open', url: 'https://example.com/open#token=secret-of-a-letter' },
    footnote: 'The end.',
  })

test('whoever operates the installation reads the letters of the outbox, newest first', async () => {
  const ada = await signUp(on)
  await systemTx(on.platform, 'first-start', (tx) => updateUserSuperAdmin(tx, ada.userId, true))
  const mailer = createOutboxMailer(on.platform)
  for (const to of ['one@example.com', 'two@example.com', 'three@example.com'])
    await mailer.send(letter(to), newId())
  const first = await ada.call<Outbox>('GET', '/api/v1/outbox?limit=2')
  expect(first.body.data.map((mail) => mail.to)).toEqual(['three@example.com', 'two@example.com'])
  expect(first.body.delivery).toBe('outbox')
  expect(first.body.data[0]?.text).toContain('https://example.com/open#token=secret-of-a-letter')
  expect(first.body.data[0]?.html).not.toContain('<script>')
  const second = await ada.call<Outbox>('GET', `/api/v1/outbox?limit=2&cursor=${first.body.nextCursor}`)
  expect(second.body.data[0]?.to).toBe('one@example.com')
})

test('a letter tried twice is there once, and lies sealed in the database', async () => {
  const mailer = createOutboxMailer(on.platform)
  const id = newId()
  await mailer.send(letter('twice@example.com'), id)
  await mailer.send(letter('twice@example.com'), id)
  const rows = await on.platform.database.query(
    'select content_sealed from freehold.outbox_mails where recipient = $1',
    ['twice@example.com'],
  )
  expect(rows).toHaveLength(1)
  expect(rows[0]?.content_sealed).not.toContain('secret-of-a-letter')
})

test('nobody else reads them: not the owner of an organization, not a key', async () => {
  const eve = await signUp(on)
  expect((await eve.call('GET', '/api/v1/outbox')).status).toBe(403)
  const { body } = await eve.call<{ key: string }>('POST', '/api/v1/api-keys', { name: 'of eve' })
  expect((await on.request('GET', '/api/v1/outbox', { token: body.key })).status).toBe(403)
})
