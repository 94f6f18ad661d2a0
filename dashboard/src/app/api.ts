import { createFreehold, errorFromResponse, FreeholdError, take, toFreeholdError } from '@freehold/sdk'

export { FreeholdError, take }

type Listener = () => void
const sessionEndedListeners = new Set<Listener>()
const forbiddenListeners = new Set<Listener>()

/** Calls the listener when the server says that the cookie session is over. Returns the way to stop. */
export function onSessionEnded(listener: Listener): () => void {
  sessionEndedListeners.add(listener)
  return () => sessionEndedListeners.delete(listener)
}

/** Calls the listener when the server refused for want of a permission: what the page knows of them may be old. */
export function onForbidden(listener: Listener): void {
  forbiddenListeners.add(listener)
}

function noticeRefusal(error: FreeholdError, url: string): void {
  if (error.status === 403 && error.code === 'forbidden')
    for (const listener of forbiddenListeners) listener()
  // Signing in answers 401 for a wrong password, and asking for the session answers 401 to a stranger.
  if (error.status !== 401 || url.includes('/api/v1/auth/')) return
  for (const listener of sessionEndedListeners) listener()
}

/** The typed client of the API, on the page's own origin and cookie. Failures throw `FreeholdError`. */
export const api = createFreehold({
  onError: (error, request) => noticeRefusal(error, request.url),
})

/** `fetch` for what the typed client does not do (event streams): same origin, same errors. */
export async function fetchOk(url: string, init: RequestInit): Promise<Response> {
  let response: Response
  try {
    response = await fetch(url, { credentials: 'same-origin', ...init })
  } catch (error) {
    throw toFreeholdError(error)
  }
  if (response.ok) return response
  const error = await errorFromResponse(response)
  noticeRefusal(error, url)
  throw error
}

/** A sentence for people about anything that was thrown. */
export function messageOf(error: unknown): string {
  if (error instanceof FreeholdError && error.code === 'network_error') {
    return 'The server could not be reached. Check that it is running, then try again.'
  }
  return error instanceof Error ? error.message : 'Something went wrong.'
}
