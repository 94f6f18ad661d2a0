/** Of one request, and of what its values are taken apart into. */
export const mostOperations = 100
const mostEntries = 100
const mostMembers = 1_000
const mostDepth = 8
const mostBytes = 64 * 1024

/**
 * What is too much about a resource, or a value of one, before a schema reads it: lists and objects of more than 100
 * entries (lists of a group: 1000), and nesting. Undefined when nothing is.
 */
export function faultOfWeight(kind: 'user' | 'group', value: unknown, depth = 0): string | undefined {
  if (depth > mostDepth) return `Values are nested more than ${mostDepth} deep.`
  if (typeof value !== 'object' || value === null) return undefined
  const entries = Object.values(value)
  const most = kind === 'group' && Array.isArray(value) ? mostMembers : mostEntries
  if (entries.length > most) return `A value has more than ${most} entries.`
  for (const entry of entries) {
    const fault = faultOfWeight(kind, entry, depth + 1)
    if (fault !== undefined) return fault
  }
  return undefined
}

/** What is too much about everything that is known of a user. Undefined when nothing is. */
export function faultOfAttributes(attributes: Readonly<Record<string, unknown>>): string | undefined {
  if (Buffer.byteLength(JSON.stringify(attributes)) > mostBytes)
    return 'What is known of a user takes more than 64 kB.'
  return faultOfWeight('user', attributes)
}
