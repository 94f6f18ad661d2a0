import { hash } from 'node:crypto'
import type { Clock } from '../clock.ts'
import type { Authentication, Authenticator, Credentials } from './credentials.ts'

/**
 * Remembers for half a second whom credentials belong to, so that a busy caller costs the database two look-ups a second
 * and not three a request. What is revoked counts no more on every node within that time, without any message between
 * them, and at once on the node that revoked it: every change made there empties the memory.
 *
 * Requests that come while their credentials are being looked up share that look.
 * Invariants: an answer that was looked up before the memory was emptied does not enter it afterwards, and whoever asks
 * after that looks again; refusals are not remembered; credentials are kept as hashes.
 */
export interface AuthenticationCache {
  /** @throws what the authenticators throw */
  authenticate(credentials: Credentials): Promise<Recognised | undefined>
  clear(): void
}

export interface Recognised extends Authentication {
  kind: Authenticator['kind']
}

const keptMs = 500
const mostKept = 20_000

export function createAuthenticationCache(
  authenticators: readonly Authenticator[],
  clock: Clock,
): AuthenticationCache {
  const kept = new Map<string, { recognised: Recognised; untilMs: number }>()
  let underWay = new Map<string, Promise<Recognised | undefined>>()

  async function recognise(credentials: Credentials): Promise<Recognised | undefined> {
    for (const { kind, authenticate } of authenticators) {
      const found = await authenticate(credentials)
      if (found) return { ...found, kind }
    }
    return undefined
  }

  return {
    async authenticate(credentials) {
      const name = nameOf(credentials)
      const nowMs = clock.now().getTime()
      const known = kept.get(name)
      if (known && known.untilMs > nowMs && nowMs >= known.untilMs - keptMs) return known.recognised
      const asked = underWay
      const joined = asked.get(name)
      if (joined) return joined
      const look = recognise(credentials).finally(() => asked.delete(name))
      asked.set(name, look)
      const recognised = await look
      if (recognised && asked === underWay) {
        if (kept.size >= mostKept) kept.clear()
        kept.set(name, { recognised, untilMs: nowMs + keptMs })
      }
      return recognised
    },
    clear() {
      underWay = new Map()
      kept.clear()
    },
  }
}

/** An API key may be bound to addresses, so they are part of it. */
function nameOf({ bearer, headers, ip }: Credentials): string {
  const secret = bearer === null ? `cookie ${headers.get('cookie')}` : `bearer ${bearer}`
  return hash('sha256', `${secret}\n${ip}`, 'base64')
}
