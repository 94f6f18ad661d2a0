import type { HttpApp } from '../../../platform/http/app.ts'

export interface SentRequest {
  method: string
  path: string
  body?: unknown
}

export interface Answer {
  status: number
  headers: Record<string, string>
  text: string
}

/** Sends and reads the whole answer; a stream is read for five seconds at most. */
export async function send(
  app: HttpApp,
  { method, path, body }: SentRequest,
  headers: Record<string, string>,
): Promise<Answer> {
  const form = body instanceof FormData
  const response = await app.request(`http://localhost${path}`, {
    method: method.toUpperCase(),
    headers: { ...(body === undefined || form ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: form ? body : JSON.stringify(body) }),
  })
  const reader = response.body?.getReader()
  const decoder = new TextDecoder()
  let text = ''
  const timer = setTimeout(() => void reader?.cancel(), 5_000)
  try {
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read())
      text += decoder.decode(part.value)
  } finally {
    clearTimeout(timer)
  }
  return { status: response.status, headers: Object.fromEntries(response.headers), text }
}

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
