import { isId } from '../ids.ts'

/**
 * Texts under keys, for what can be lost at any moment and made again. Never the only copy, never a decision that must
 * hold: a store that is away answers like an empty one.
 */
export interface Cache {
  /** The value, or undefined when there is none, its time is over, or the store is away. */
  get(key: string): Promise<string | undefined>
  /** @param ttlMs how long it may be read, at least 1 */
  set(key: string, value: string, ttlMs: number): Promise<void>
  delete(key: string): Promise<void>
  close(): Promise<void>
}

/**
 * The key of something that belongs to one organization; every such key is made here. Parts are escaped, so no choice
 * of parts reaches another organization's keys or another list of parts.
 * @throws TypeError when the organization id is no id: a key without a tenant would be everyone's
 */
export function organizationKey(organizationId: string, ...parts: readonly string[]): string {
  if (!isId(organizationId)) throw new TypeError('An organization key needs an organization id.')
  return ['org', organizationId.toLowerCase(), ...parts.map(encodeURIComponent)].join(':')
}

/** Shared by the adapters: a time to live that is zero or not a number would mean "forever" to one and "never" to another. */
export function requireTtl(ttlMs: number): void {
  if (!Number.isInteger(ttlMs) || ttlMs < 1)
    throw new RangeError(`A time to live is whole milliseconds from 1, not ${ttlMs}.`)
}
