import { uuidv7 } from 'uuidv7'

/** A new UUIDv7 (RFC 9562): sortable by time, made in the program because not every PostgreSQL has `uuidv7()`. */
export function newId(): string {
  return uuidv7()
}

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i

export function isId(value: string): boolean {
  return uuidPattern.test(value)
}
