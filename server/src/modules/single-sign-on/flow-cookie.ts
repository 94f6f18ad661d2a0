import { z } from 'zod'
import type { Clock } from '../../platform/clock.ts'
import type { KeyRing } from '../../platform/crypto/index.ts'

/**
 * What one browser takes along to the identity provider and back. Sealed, so that it can be neither read nor made; the
 * state in it is what binds the answer to the browser that asked. One cookie: a second sign-in replaces the first.
 */
const flow = z.object({
  state: z.string(),
  nonce: z.string(),
  codeVerifier: z.string(),
  organizationId: z.uuid(),
  connectionId: z.uuid(),
  returnTo: z.string(),
  expiresAt: z.number(),
})

export type Flow = Omit<z.infer<typeof flow>, 'expiresAt'>

interface On {
  keyRing: KeyRing
  clock: Clock
  publicUrl(): string
}

const purpose = 'single-sign-on-flow'
export const flowLifeMs = 10 * 60_000

export function flowCookie(on: On, value: Flow): string {
  const expiresAt = on.clock.now().getTime() + flowLifeMs
  return cookie(on, on.keyRing.sealText(JSON.stringify({ ...value, expiresAt }), purpose), flowLifeMs / 1000)
}

export function endedFlowCookie(on: On): string {
  return cookie(on, '', 0)
}

/** @returns undefined when there is none, it was changed, or it is over */
export function readFlowCookie(on: On, headers: Headers): Flow | undefined {
  const sealed = headers.get('cookie')?.match(/(?:^|; *)freehold\.sso=([\w.-]+)(?:;|$)/)?.[1]
  if (sealed === undefined) return undefined
  try {
    const found = flow.parse(JSON.parse(on.keyRing.openText(sealed, purpose)))
    return found.expiresAt > on.clock.now().getTime() ? found : undefined
  } catch {
    return undefined
  }
}

function cookie(on: On, value: string, seconds: number): string {
  const secure = on.publicUrl().startsWith('https:') ? '; Secure' : ''
  return `freehold.sso=${value}; Path=/api/v1/auth/sso; Max-Age=${seconds}; HttpOnly; SameSite=Lax${secure}`
}
