/** What of an error goes into a log. PGlite and Drizzle errors carry tens of kilobytes and query parameters; neither belongs there. */

const maxTextChars = 4096
const maxCauses = 4

export interface ErrorFields {
  type: string
  message: string
  code?: string
  status?: number
  stack?: string
  cause?: ErrorFields
}

/** Cuts a text to at most 4,096 characters, the note of what is missing included. */
export function cutText(text: string): string {
  if (text.length <= maxTextChars) return text
  const note = `… (${text.length} characters)`
  return text.slice(0, maxTextChars - note.length) + note
}

// Drizzle prints bound values behind the query; they are people's data.
function withoutParameters(text: string): string {
  return text.replace(/\nparams: .*?(?=\n {4}at |$)/gs, '\nparams: [redacted]')
}

/**
 * An error whose message quotes people's data, as a provider's complaint about a prompt does, says in `loggedAs` what the
 * log gets in its place; so it is for errors that repeat the message of such a cause.
 */
function withoutQuotations(text: string, error: Error): string {
  let clean = text
  let depth = 0
  for (let one: unknown = error; one instanceof Error && depth <= maxCauses; one = one.cause, depth++) {
    if ('loggedAs' in one && typeof one.loggedAs === 'string' && one.message !== '')
      clean = clean.replaceAll(one.message, one.loggedAs)
  }
  return clean
}

/**
 * @param error whatever was thrown
 * @returns type, message, code, status, stack and up to four causes, each text at most 4 kB; no other property
 */
export function errorFields(error: unknown, depth = 0): ErrorFields {
  if (!(error instanceof Error)) return { type: typeof error, message: cutText(printable(error)) }
  const clean = (text: string) => cutText(withoutParameters(withoutQuotations(text, error)))
  const fields: ErrorFields = { type: error.name, message: clean(error.message) }
  if ('code' in error && (typeof error.code === 'string' || typeof error.code === 'number')) {
    fields.code = cutText(String(error.code))
  }
  if ('status' in error && typeof error.status === 'number') fields.status = error.status
  if (error.stack) fields.stack = clean(error.stack)
  if (error.cause !== undefined && depth < maxCauses) fields.cause = errorFields(error.cause, depth + 1)
  return fields
}

function printable(value: unknown): string {
  if (typeof value === 'string') return value
  try {
    return JSON.stringify(value) ?? String(value)
  } catch {
    return Object.prototype.toString.call(value)
  }
}
