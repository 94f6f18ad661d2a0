/**
 * Removes secrets from one serialised log line (JSON or plain). It looks at the text, not at the objects, so it also
 * sees what hides inside a message, a stack, a URL or a quoted body. Counts (`promptTokens: 12`) are left.
 * Every repetition that could be tried from many places is bounded: a hostile line costs no more than a long one.
 */

const mark = '[redacted]'

// `token` only in the singular: promptTokens and max_tokens are counts.
const secretName =
  '(?:authorization|cookie|password|passwd|passphrase|secret|secret[-_]?access[-_]?key|private[-_]?key|master[-_]?key|token|api[-_]?key|credentials?)'

/** `"password":"…"`, `"set-cookie":["…","…"]`: whole JSON values, escapes included. */
const secretField = new RegExp(
  `("[\\w.-]*${secretName}"\\s*:\\s*)(?:"(?:[^"\\\\]|\\\\.)*"|\\[(?:"(?:[^"\\\\]|\\\\.)*"|[^\\]"]){0,256}\\])`,
  'gi',
)
/**
 * The same one level down: a JSON body logged as a string, `{\"password\":\"…\"}`. An escape of the body is two
 * backslashes and what they escape, taken whole: half of one would leave a line that is no JSON.
 */
const quotedSecretField = new RegExp(
  `(\\\\"[\\w.-]*${secretName}\\\\"\\s*:\\s*\\\\")(?:[^"\\\\]|\\\\\\\\(?:\\\\["\\\\]|[^"\\\\]))*(?=\\\\")`,
  'gi',
)
/** `?access_token=…`, `password=…` in URLs, forms and connection strings. */
const secretParameter = new RegExp(
  `((?:${secretName}|signature|x-amz-credential|code_verifier|assertion)=)[^&\\s"'\\\\;,)]+`,
  'gi',
)

// A word starts here, also behind an escape: in serialised text a line break is a backslash and an `n`.
const start = '(?<!(?<!\\\\)[A-Za-z0-9])'

const shapes: readonly [RegExp, string][] = [
  [/fh_[\w-]{16,}/g, `fh_${mark}`],
  [new RegExp(`${start}([srp]k[-_])(?=[\\w-]{0,40}\\d|[\\w-]{24})[\\w-]{16,}`, 'g'), `$1${mark}`],
  [/whsec_[\w+/=-]{16,}/g, `whsec_${mark}`],
  [/(gh[pousr]_|github_pat_|xox[abeprs]-|glpat-|lin_api_)[\w-]{16,}/g, `$1${mark}`],
  [new RegExp(`${start}(re_|phc_)(?=[\\w-]{0,40}\\d)[\\w-]{16,}`, 'g'), `$1${mark}`],
  [new RegExp(`${start}(AKIA|ASIA)[0-9A-Z]{16}`, 'g'), `$1${mark}`],
  [/eyJ[\w-]{8,512}\.[\w-]{8,}(?:\.[\w-]*)*/g, mark],
  [new RegExp(`${start}(Bearer|Basic)\\s+[\\w.~+/=-]{8,}`, 'gi'), `$1 ${mark}`],
  [/([a-z][a-z0-9+.-]{1,15}:\/\/)[^\s/@"'\\]{0,256}@/gi, `$1${mark}@`],
  [/-----BEGIN [A-Z ]{0,32}PRIVATE KEY-----[^"]*?(?:-----END [A-Z ]{0,32}PRIVATE KEY-----|(?="|$))/g, mark],
]

// One cheap look decides for most lines that there is nothing to do.
const suspicion =
  /fh_|[srp]k[-_]|whsec_|gh[pousr]_|github_pat_|xox|glpat-|lin_api_|phc_|re_|A[KS]IA|eyJ|bearer|basic|:\/\/|private|authorization|cookie|passw|passphrase|secret|token|[-_]?key"|key=|credential|signature|code_verifier|assertion/i

/**
 * @param line one serialised log line
 * @returns the line with every value that is or looks like a credential replaced by `[redacted]`; JSON stays JSON
 */
export function redactSecrets(line: string): string {
  if (!suspicion.test(line)) return line
  let clean = line
    .replace(secretField, `$1"${mark}"`)
    .replace(quotedSecretField, `$1${mark}`)
    .replace(secretParameter, `$1${mark}`)
  for (const [shape, replacement] of shapes) clean = clean.replace(shape, replacement)
  return clean
}
