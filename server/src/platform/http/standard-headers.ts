import { corsHeaders, securityHeaders } from './security.ts'

/** The headers of every answer: those that an answer may say otherwise, and those of all. */
export function standardHeaders(
  request: {
    path: string
    origin: string | undefined
    requestId: string
    /** What is left of the organization's allowance, once it is known who calls. */
    quotaHeaders: Record<string, string> | undefined
  },
  on: { publicUrl: () => string; allowedOrigins: readonly string[] },
): { unlessSet: Record<string, string>; always: Record<string, string> } {
  const always = corsHeaders(request.origin, on.allowedOrigins)
  always['x-request-id'] = request.requestId
  // A refusal by a narrower limit than the organization's, such as a key's own, has said more.
  const unlessSet = { ...securityHeaders(request.path, on.publicUrl()), ...request.quotaHeaders }
  return { unlessSet, always }
}
