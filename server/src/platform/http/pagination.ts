import { z } from '@hono/zod-openapi'
import { type AppError, validationFailed } from '../errors.ts'
import { isId } from '../ids.ts'

/** Query fields of every list. */
export const pageQuery = {
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(200)
    .default(50)
    .openapi({ description: 'Most items to return.' }),
  cursor: z.string().max(500).optional().openapi({ description: 'The `nextCursor` of the page before.' }),
}

export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    data: z.array(item),
    nextCursor: z
      .string()
      .nullable()
      .openapi({ description: 'Pass as `cursor` for the next page; null at the end.' }),
  })
}

/** A cursor is the sort key of the last row seen, opaque to clients. */
export function encodeCursor(key: readonly string[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url')
}

/** @throws validation_failed (400) for a cursor that this server did not make */
export function decodeCursor(cursor: string | undefined, length: number): string[] | undefined {
  if (cursor === undefined) return undefined
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    if (Array.isArray(key) && key.length === length && key.every((part) => typeof part === 'string'))
      return key
  } catch {
    // Falls through to the refusal below.
  }
  throw notACursor()
}

function notACursor(): AppError {
  return validationFailed({
    message: 'The request is not valid: query field "cursor": it is not a cursor of this list.',
    details: { problems: [{ in: 'query', field: 'cursor', message: 'not a cursor of this list' }] },
  })
}

/** The cursor of lists that are ordered by a time and then an id. @throws validation_failed (400) */
export function decodeTimeCursor(cursor: string | undefined): { time: Date; id: string } | undefined {
  const key = decodeCursor(cursor, 2)
  if (key === undefined) return undefined
  const time = new Date(key[0] ?? '')
  const id = key[1] ?? ''
  if (Number.isNaN(time.getTime()) || !isId(id)) throw notACursor()
  return { time, id }
}

/** The cursor of lists that are ordered by id alone. @throws validation_failed (400) */
export function decodeIdCursor(cursor: string | undefined): string | undefined {
  const id = decodeCursor(cursor, 1)?.[0]
  if (id !== undefined && !isId(id)) throw notACursor()
  return id
}

/**
 * Cuts one row more than asked for into a page.
 * @param rows up to `limit + 1` rows in list order
 */
export function toPage<T>(
  rows: readonly T[],
  limit: number,
  keyOf: (row: T) => string[],
): { data: T[]; nextCursor: string | null } {
  const data = rows.slice(0, limit)
  const last = data.at(-1)
  return { data, nextCursor: rows.length > limit && last !== undefined ? encodeCursor(keyOf(last)) : null }
}
