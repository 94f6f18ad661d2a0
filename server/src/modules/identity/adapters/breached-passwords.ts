import { createHash } from 'node:crypto'
import type { Clock } from '../../../platform/clock.ts'
import type { GuardedFetch } from '../../../platform/fetch/index.ts'
import type { Logger } from '../../../platform/telemetry/index.ts'

/**
 * Looks a password up among leaked ones without telling which it is (k-anonymity, as the service "Pwned Passwords"
 * does it): five of forty hex digits of its SHA-1 leave the server, and some hundred endings come back, padded so that
 * their number says nothing. Not knowing is no reason to refuse: a service that is away is left alone for a while.
 */
export interface BreachedPasswords {
  includes(password: string): Promise<boolean>
}

const timeoutMs = 1_500
const restMs = 5 * 60_000

export function createBreachedPasswords(on: {
  url: string
  fetch: GuardedFetch
  clock: Clock
  logger: Logger
}): BreachedPasswords {
  let restsUntilMs = 0
  return {
    async includes(password) {
      if (on.url === 'off' || on.clock.now().getTime() < restsUntilMs) return false
      const hash = createHash('sha1').update(password).digest('hex').toUpperCase()
      try {
        const answer = await on.fetch(`${on.url.replace(/\/*$/, '/')}${hash.slice(0, 5)}`, {
          headers: { 'add-padding': 'true', accept: 'text/plain' },
          signal: AbortSignal.timeout(timeoutMs),
        })
        if (!answer.ok) throw new Error(`The answer was ${answer.status}.`)
        return hasEnding(await answer.text(), hash.slice(5))
      } catch (error) {
        restsUntilMs = on.clock.now().getTime() + restMs
        on.logger.warn({ err: error }, 'leaked passwords cannot be looked up; passwords are taken without')
        return false
      }
    },
  }
}

/** Lines are `ENDING:COUNT`; padding has a count of zero. */
function hasEnding(text: string, ending: string): boolean {
  return text.split('\n').some((line) => {
    const [found, count] = line.trim().split(':')
    return found?.toUpperCase() === ending && Number(count) > 0
  })
}
