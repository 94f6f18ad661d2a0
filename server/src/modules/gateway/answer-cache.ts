import { createHmac } from 'node:crypto'
import { organizationKey } from '../../platform/cache/index.ts'
import type { Caller } from '../../platform/context.ts'
import { type DataKey, decryptText, encrypt } from '../../platform/crypto/index.ts'
import { readTenant } from '../../platform/db/transactions.ts'
import { noOrganization } from '../../platform/errors.ts'
import type { Platform } from '../../platform/platform.ts'
import { openDataKeys } from '../organizations/index.ts'

/**
 * Answers that are kept, each organization's for itself. What it is the answer to names it under the organization's own
 * data key, and seals it too: who reads the store learns neither the one nor the other, not even by guessing a question;
 * nobody's question is found by another; and with the key of an erased organization its answers are gone.
 */
export interface AnswerCache {
  /** @param epoch the organization's: what was kept in an earlier one is not found */
  open(caller: Caller, epoch: number): Promise<OpenAnswerCache>
}

export interface OpenAnswerCache {
  find(question: string): Promise<KeptAnswer | undefined>
  /** The name of a question under the key of the organization: nobody else has it. */
  nameOf(question: string): string
  /** Need not be waited for; what is too large, or cannot be stored, is not kept. */
  keep(question: string, value: unknown, ttlSeconds: number): Promise<void>
}

export interface KeptAnswer {
  value: unknown
  ageSeconds: number
}

const largestCharacters = 1_000_000
/** A key that was destroyed is held no longer. */
const keyKeptMs = 60_000
const mostKeys = 5_000

export function createAnswerCache(platform: Platform): AnswerCache {
  const { cache, clock, logger } = platform
  const keys = new Map<string, { key: Promise<DataKey>; untilMs: number }>()
  const nowMs = () => clock.now().getTime()

  function keyOf(caller: Caller, organizationId: string): Promise<DataKey> {
    const known = keys.get(organizationId)
    if (known && known.untilMs > nowMs()) return known.key
    const key = readTenant(platform, caller, async (scope) => (await openDataKeys(platform, scope)).current)
    if (keys.size >= mostKeys) keys.clear()
    const kept = { key, untilMs: nowMs() + keyKeptMs }
    keys.set(organizationId, kept)
    key.catch(() => {
      if (keys.get(organizationId) === kept) keys.delete(organizationId)
    })
    return key
  }

  return {
    async open(caller, epoch) {
      const { organizationId } = caller
      if (organizationId === null) throw noOrganization()
      const key = await keyOf(caller, organizationId)
      const nameOf = (question: string) =>
        createHmac('sha256', key.secret).update(`answer ${epoch} `).update(question).digest('base64url')
      const cell = (name: string) => ({
        organizationId,
        table: 'answer_cache',
        column: 'answer',
        rowId: name,
      })
      return {
        nameOf,
        async find(question) {
          const name = nameOf(question)
          const sealed = await cache.get(organizationKey(organizationId, 'answer', name))
          if (sealed === undefined) return undefined
          try {
            // Sealed below from this very shape.
            const kept = JSON.parse(decryptText(key, sealed, cell(name))) as { value: unknown; atMs: number }
            return { value: kept.value, ageSeconds: Math.max(0, Math.floor((nowMs() - kept.atMs) / 1_000)) }
          } catch (error) {
            logger.info({ err: error }, 'a kept answer could not be opened')
            return undefined
          }
        },
        async keep(question, value, ttlSeconds) {
          const text = JSON.stringify({ value, atMs: nowMs() })
          if (text.length > largestCharacters) return
          const name = nameOf(question)
          const sealed = encrypt(key, text, cell(name))
          try {
            await cache.set(organizationKey(organizationId, 'answer', name), sealed, ttlSeconds * 1_000)
          } catch (error) {
            logger.info({ err: error }, 'an answer could not be kept')
          }
        },
      }
    },
  }
}
