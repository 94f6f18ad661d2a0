/** As much of a validation issue as describing it takes; zod's issues have it. */
export interface RequestIssue {
  readonly path: readonly PropertyKey[]
  readonly message: string
}

export interface InvalidRequest {
  /** `messages[0].content must be a string or an array of content parts.` */
  readonly message: string
  /** The parameter as OpenAI writes it: `messages[0].content`; null when the whole body is at fault. */
  readonly param: string | null
}

/** The first issue of a refused `/v1` body as one sentence and the parameter at fault. */
export function describeInvalidRequest(issues: readonly RequestIssue[]): InvalidRequest {
  const issue = issues[0]
  if (!issue) return { message: 'The body is not valid.', param: null }
  const param = parameterName(issue.path)
  // Messages of the schema that name the parameter themselves are whole sentences.
  if (param === null || issue.message.startsWith("'")) return { message: withStop(issue.message), param }
  const ending = /^[a-z]/.test(issue.message) ? ` ${issue.message}` : `: ${issue.message}`
  return { message: withStop(param + ending), param }
}

function parameterName(path: readonly PropertyKey[]): string | null {
  let name = ''
  for (const part of path) {
    if (typeof part === 'number') name += `[${part}]`
    else name += name === '' ? String(part) : `.${String(part)}`
  }
  return name === '' ? null : name
}

function withStop(sentence: string): string {
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`
}
