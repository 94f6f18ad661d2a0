import PostalMime, { type Address, type Attachment, type Email } from 'postal-mime'
import { AppError } from '../../../../platform/errors.ts'
import { documentCorrupted, documentEncrypted } from '../../errors.ts'
import type { DraftBlock, ParsedParts, ParseWarning } from '../../rules/parsed-document.ts'
import { parseHtml } from './parse-html.ts'
import { parseText } from './parse-text.ts'

const MAX_ATTACHMENTS = 100
const MAX_NESTING = 20
/** How deep a message inside a message inside a message is opened. */
const MAX_MESSAGES_DEEP = 3

const HEADER =
  /^(?:from|to|cc|subject|date|received|message-id|mime-version|return-path|delivered-to|reply-to|x-[\w-]+|content-[\w-]+|dkim-signature|authentication-results|arc-[\w-]+|sender|user-agent|thread-[\w-]+|list-[\w-]+|in-reply-to|references|importance|feedback-id):/i

/** Whether text begins as a message does: headers only up to the first empty line, who it is from among them. */
export function looksLikeEmail(text: string): boolean {
  const head = text.slice(0, 65_536).split(/\r?\n\r?\n/, 1)[0] ?? ''
  const lines = head.split(/\r?\n/).filter((line) => !/^[ \t]/.test(line))
  const known = lines.filter((line) => HEADER.test(line)).length
  return (
    known >= 3 &&
    known >= lines.length * 0.5 &&
    lines.every((line) => /^[!-9;-~]+:/.test(line)) &&
    lines.some((line) => /^(?:from|sender|return-path):/i.test(line))
  )
}

/** Reads a part of a message as a document of its own. */
export type PartReader = (bytes: Uint8Array, name: string, mediaType: string) => Promise<ParsedParts>

/**
 * Reads a message: its subject, who wrote when to whom, its text, and each attachment of a kind that can be read, under
 * its name. What could not be read is listed with the reason.
 */
export async function parseEmail(
  bytes: Uint8Array,
  depth: number,
  readPart: PartReader,
): Promise<{ blocks: DraftBlock[]; warnings: ParseWarning[] }> {
  const email = await readMessage(bytes)
  const encrypted = email.attachments.some(
    ({ mimeType, filename }) =>
      mimeType === 'application/pgp-encrypted' || (/pkcs7-mime$/.test(mimeType) && filename === 'smime.p7m'),
  )
  if (encrypted && !email.text && !email.html) {
    throw documentEncrypted({
      message: 'This message is encrypted. Open it in your mail program, save its text and upload that.',
    })
  }
  const blocks: DraftBlock[] = [
    { kind: 'heading', level: 1, text: email.subject || 'Message without a subject' },
    { kind: 'list', text: headerLines(email).join('\n') },
    ...bodyBlocks(email).map((block) => nested(block, 1)),
  ]
  const files = email.attachments.filter((one) => one.related !== true || !one.mimeType.startsWith('image/'))
  const warnings: ParseWarning[] = []
  if (files.length > 0) {
    blocks.push({ kind: 'heading', level: 2, text: 'Attachments' })
    blocks.push({ kind: 'list', text: files.map((file) => `- ${describe(file)}`).join('\n') })
  }
  for (const [index, file] of files.entries()) {
    const read = index < MAX_ATTACHMENTS ? await readAttachment(file, depth, readPart) : tooMany(file)
    blocks.push(...read.blocks)
    warnings.push(...read.warnings)
  }
  return { blocks, warnings }
}

async function readMessage(bytes: Uint8Array): Promise<Email> {
  try {
    return await PostalMime.parse(bytes, { maxNestingDepth: MAX_NESTING, forceRfc822Attachments: true })
  } catch (cause) {
    throw documentCorrupted({ cause })
  }
}

async function readAttachment(
  file: Attachment,
  depth: number,
  readPart: PartReader,
): Promise<{ blocks: DraftBlock[]; warnings: ParseWarning[] }> {
  const name = nameOf(file)
  const warn = (message: string): { blocks: DraftBlock[]; warnings: ParseWarning[] } => ({
    blocks: [],
    warnings: [
      { code: 'part_not_read', message: `The attachment "${name}" was not read: ${message}`, pages: [] },
    ],
  })
  if (depth >= MAX_MESSAGES_DEEP) return warn('it is a message inside too many others.')
  // Asked for as bytes, which is the default.
  const content = file.content as ArrayBuffer
  try {
    const part = await readPart(new Uint8Array(content), name, file.mimeType)
    const blocks = part.blocks.map((block) => nested(block, 2))
    const inside = part.warnings.map((one) => ({ ...one, message: `${name}: ${one.message}`, pages: [] }))
    return { blocks: [{ kind: 'heading', level: 2, text: name }, ...blocks], warnings: inside }
  } catch (error) {
    if (error instanceof AppError) return warn(error.message)
    throw error
  }
}

const tooMany = (file: Attachment): { blocks: DraftBlock[]; warnings: ParseWarning[] } => ({
  blocks: [],
  warnings: [
    {
      code: 'part_not_read',
      message: `The attachment "${nameOf(file)}" was not read: only the first ${MAX_ATTACHMENTS} are.`,
      pages: [],
    },
  ],
})

/** A block of a part below the headings of the message. An attachment's pages are not the message's. */
function nested(block: DraftBlock, levels: number): DraftBlock {
  const { page: _, ...rest } = block
  return block.kind === 'heading' ? { ...rest, level: (block.level ?? 1) + levels } : rest
}

function headerLines(email: Email): string[] {
  const people = (addresses: readonly Address[] | undefined): string =>
    (addresses ?? []).map(showAddress).join(', ')
  return [
    ['From', email.from === undefined ? '' : showAddress(email.from)],
    ['To', people(email.to)],
    ['Cc', people(email.cc)],
    ['Date', email.date ?? ''],
  ].flatMap(([name, value]) => (value ? [`${name}: ${value}`] : []))
}

function showAddress(address: Address): string {
  if (address.group !== undefined) return `${address.name}: ${address.group.map(showAddress).join(', ')}`
  return address.name === '' ? address.address : `${address.name} <${address.address}>`
}

/** The page is the richer of the two texts; the plain one stands in where it is missing or empty. */
function bodyBlocks(email: Email): DraftBlock[] {
  const rich = email.html === undefined ? [] : parseHtml(email.html)
  return rich.length > 0 ? rich : parseText(email.text ?? '')
}

const nameOf = (file: Attachment): string =>
  (file.filename ?? (file.mimeType === 'message/rfc822' ? 'message.eml' : 'attachment')).slice(0, 200)

function describe(file: Attachment): string {
  // Asked for as bytes, which is the default.
  const { byteLength } = file.content as ArrayBuffer
  return `${nameOf(file)} (${file.mimeType}, ${byteLength} bytes)`
}
