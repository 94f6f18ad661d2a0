import type { HeaderReader } from '../../../platform/auth/credentials.ts'
import { validationFailed } from '../../../platform/errors.ts'
import { callTag } from '../../budgets/index.ts'

type Metadata = Readonly<Record<string, string>>

/**
 * What the caller says a call is for: the header `X-Freehold-Tag`, or `freehold_tag` among the metadata of the body,
 * where a client library lets no header be set. `others` is the metadata for the provider, undefined where none is left.
 * @throws validation_failed (400) for what is no tag, and for two that differ
 */
export function readCallTag(
  headers: HeaderReader,
  metadata: Metadata | null | undefined,
): { tag: string | null; others: Metadata | undefined } {
  const { freehold_tag: inBody, ...others } = metadata ?? {}
  const inHeader = headers.get('x-freehold-tag') ?? undefined
  if (inHeader !== undefined && inBody !== undefined && inHeader !== inBody)
    throw refused('header', 'X-Freehold-Tag', 'must be the same as metadata.freehold_tag, or left out')
  const tag = inHeader ?? inBody
  const left = Object.keys(others).length > 0 ? others : undefined
  if (tag === undefined) return { tag: null, others: metadata ?? undefined }
  const parsed = callTag.safeParse(tag)
  if (parsed.success) return { tag, others: left }
  const message = parsed.error.issues[0]?.message ?? 'is not a tag'
  throw inHeader === undefined
    ? refused('body', 'metadata.freehold_tag', message)
    : refused('header', 'X-Freehold-Tag', message)
}

function refused(place: 'header' | 'body', field: string, message: string): Error {
  return validationFailed({
    message: `${field} ${message}.`,
    details: { problems: [{ in: place, field, message }] },
  })
}
