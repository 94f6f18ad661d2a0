import { expect, test } from 'vitest'
import { makePdf, makeProse } from '../../../../testing/make-documents.ts'
import { makeXlsx } from '../../../../testing/make-office.ts'
import { parseFile, refusal } from './parse-kinds.fixture.ts'

interface Part {
  type: string
  name?: string
  content: Uint8Array | string
}

function makeEmail(parts: readonly Part[], subject = '=?utf-8?Q?Pumps_f=C3=BCr_Harlow?='): string {
  const bodies = parts.map(({ type, name, content }) => {
    const disposition = name === undefined ? '' : `Content-Disposition: attachment; filename="${name}"\r\n`
    const body = Buffer.from(content).toString('base64').replace(/.{76}/g, '$&\r\n')
    return `--cut\r\nContent-Type: ${type}\r\n${disposition}Content-Transfer-Encoding: base64\r\n\r\n${body}\r\n`
  })
  return (
    `From: Ada Tern <ada@example.com>\r\nTo: bo@example.com, Cy <cy@example.com>\r\nSubject: ${subject}\r\n` +
    'Date: Mon, 02 Mar 2026 09:30:00 +0100\r\nMIME-Version: 1.0\r\n' +
    `Content-Type: multipart/mixed; boundary="cut"\r\n\r\n${bodies.join('')}--cut--\r\n`
  )
}

test('a message gives its headers, its text, and each attachment that can be read below its name', async () => {
  const document = await parseFile(
    makeEmail([
      {
        type: 'text/html; charset=utf-8',
        content: '<h1>Hello</h1><p>The seal leaks.</p><script>no()</script>',
      },
      {
        type: 'application/octet-stream',
        name: 'load.xlsx',
        content: makeXlsx({
          Load: [
            ['Pump', 'Bar'],
            ['Tern', 6],
          ],
        }),
      },
      { type: 'application/pdf', name: 'manual.pdf', content: await makePdf({ pages: 1 }) },
      { type: 'image/png', name: 'photo.png', content: '\x89PNG\r\n\x1a\n\0\0' },
    ]),
    'mail.eml',
  )
  expect(document).toMatchObject({ mediaType: 'message/rfc822', pageCount: null })
  expect(document.text).toMatch(
    /^Pumps für Harlow\n\nFrom: Ada Tern <ada@example.com>\nTo: bo@example.com, Cy <cy@example.com>\nDate: 2026-03-02T08:30:00/,
  )
  expect(document.text).toContain('The seal leaks.')
  expect(document.text).not.toContain('no()')
  expect(document.text).toContain('- load.xlsx (application/octet-stream,')
  expect(document.blocks.find(({ text }) => text === 'Pump | Bar\nTern | 6')?.headingPath).toEqual([
    'Pumps für Harlow',
    'load.xlsx',
    'Load',
  ])
  expect(document.text).toContain(makeProse(0).paragraphs[0])
  expect(document.warnings).toEqual([
    { code: 'part_not_read', message: expect.stringMatching(/"photo\.png" was not read/), pages: [] },
  ])
})

test('an attachment that is broken or locked does not take the message along', async () => {
  const document = await parseFile(
    makeEmail([
      { type: 'text/plain', content: 'See the attachment.' },
      {
        type: 'application/pdf',
        name: 'locked.pdf',
        content: await makePdf({ pages: 1, userPassword: 'sesame' }),
      },
      { type: 'application/json', name: 'bad.json', content: 'none' },
    ]),
    'mail.eml',
  )
  expect(document.text).toContain('See the attachment.')
  expect(document.warnings.map(({ message }) => message)).toEqual([
    expect.stringMatching(/locked\.pdf.*password/),
    expect.stringMatching(/bad\.json.*not valid JSON/),
  ])
})

test('messages inside messages are opened three deep, and the rest is said', async () => {
  let message = makeEmail([{ type: 'text/plain', content: 'innermost words' }], 'level 0')
  for (let level = 1; level <= 5; level++) {
    message = makeEmail(
      [
        { type: 'text/plain', content: `words of ${level}` },
        { type: 'message/rfc822', name: 'inner.eml', content: message },
      ],
      `level ${level}`,
    )
  }
  const document = await parseFile(message, 'mail.eml')
  expect(document.text).toContain('words of 2')
  expect(document.text).not.toContain('words of 1')
  expect(document.warnings.at(-1)?.message).toMatch(/inside too many others/)
})

test('a message is known by its content, and what is none is not taken for one', async () => {
  const message = makeEmail([{ type: 'text/plain', content: 'Words' }])
  expect((await parseFile(message, 'export')).mediaType).toBe('message/rfc822')
  expect((await parseFile('From: here\n\nto there', 'walk')).mediaType).toBe('text/plain')
  await expect(parseFile('just words', 'mail.eml')).rejects.toThrow(
    refusal('document_type_mismatch', /no e-mail/),
  )
})

test('an encrypted message is refused with what to do', async () => {
  const message =
    'From: a@example.com\r\nTo: b@example.com\r\nSubject: x\r\nMIME-Version: 1.0\r\n' +
    'Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name="smime.p7m"\r\n' +
    'Content-Disposition: attachment; filename="smime.p7m"\r\nContent-Transfer-Encoding: base64\r\n\r\nTUlNRQ==\r\n'
  await expect(parseFile(message, 'a.eml')).rejects.toThrow(refusal('document_encrypted', /mail program/))
})
