/** Of the body of a chat what says how it is answered or what it is for, and changes nothing of the answer. */
const aside: ReadonlySet<string> = new Set([
  'stream',
  'stream_options',
  'user',
  'safety_identifier',
  'prompt_cache_key',
  'metadata',
  'store',
])

/** A chat as one text: two that say the same in another order of fields are the same. */
export function canonicalChat(body: Readonly<Record<string, unknown>>): string {
  return canonical(Object.fromEntries(Object.entries(body).filter(([name]) => !aside.has(name))))
}

/** JSON with its fields in order. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`).join(',')}}`
}

/** Whether a chat is asked so that it comes out the same again. */
export function comesOutTheSame(body: Readonly<Record<string, unknown>>): boolean {
  const isSettled = body.temperature === 0 || typeof body.seed === 'number'
  return isSettled && isEmpty(body.tools) && isEmpty(body.functions)
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0)
}
