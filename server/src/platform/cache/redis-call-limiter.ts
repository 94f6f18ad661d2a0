import { createHash } from 'node:crypto'
import type { Redis } from 'ioredis'
import type { Clock } from '../clock.ts'
import {
  type Admission,
  type CallLimiter,
  createLocalCallLimiter,
  placeRetryMs,
  type Standing,
  type Wish,
  windowMs,
} from './call-limiter.ts'
import type { RedisConnection } from './redis-connection.ts'
import { slotMs } from './sliding-window.ts'

/**
 * Limits that all nodes share, decided in one step by the server's clock.
 *
 * Each node counts for itself too what it let in, and asks the server only for what passes there: so with the server away,
 * or with its memory lost, each node goes on at the limit with what it knows, and nothing has to be carried over. A place
 * is a lease of the node that has it, renewed while its call runs: those of a node that died end by themselves, and those
 * that the server forgot are there again with the next renewal.
 */
const leaseMs = 30_000
const renewEveryMs = 2_000

// The arithmetic of sliding-window.ts. Whole numbers are written out in full, for Lua shortens large ones.
const admitScript = `
local window, slot, lease = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local id, taking = ARGV[4], ARGV[5] == '1'
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local whole = function(number) return string.format('%.0f', number) end
local found, passes = {}, true
for i, key in ipairs(KEYS) do
  local at = 3 + 3 * i
  local measure, limit, cost = ARGV[at], tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
  local one = { measure = measure, limit = limit, cost = cost, used = 0, slots = {} }
  if measure == 'places' then
    redis.call('ZREMRANGEBYSCORE', key, '-inf', whole(now))
    one.used = redis.call('ZCARD', key)
  else
    local stored = redis.call('GET', key)
    if stored then
      for first, last, count in string.gmatch(stored, '(%d+) (%d+) (%d+)') do
        first, last, count = tonumber(first), tonumber(last), tonumber(count)
        if count > 0 and last + window > now then
          table.insert(one.slots, { first, last, count })
          one.used = one.used + count
        end
      end
    end
  end
  one.allowed = one.used + cost <= limit
  passes = passes and one.allowed
  found[i] = one
end
local replies = {}
for i, key in ipairs(KEYS) do
  local one = found[i]
  local needed, freed, retry, reset, name = one.used + one.cost - one.limit, 0, 0, 0, -1
  if one.measure == 'window' and needed > 0 then
    retry = -1
    for _, s in ipairs(one.slots) do
      freed = freed + s[3]
      if freed >= needed then
        retry = math.max(0, s[2] + window - now)
        break
      end
    end
  end
  if passes and taking and one.cost > 0 then
    one.used = one.used + one.cost
    if one.measure == 'places' then
      redis.call('ZADD', key, whole(now + lease), id)
      redis.call('PEXPIRE', key, whole(lease))
    else
      local newest = one.slots[#one.slots]
      if newest and now - newest[1] < slot then
        newest[2] = math.max(newest[2], now)
        newest[3] = newest[3] + one.cost
      else
        newest = { now, now, one.cost }
        table.insert(one.slots, newest)
      end
      name = newest[1]
      local parts = {}
      for _, s in ipairs(one.slots) do
        table.insert(parts, whole(s[1]) .. ' ' .. whole(s[2]) .. ' ' .. whole(s[3]))
      end
      redis.call('SET', key, table.concat(parts, ';'), 'PX', whole(window + slot))
    end
  end
  local newest = one.slots[#one.slots]
  if newest then reset = math.max(0, newest[2] + window - now) end
  replies[i] = { one.allowed and 1 or 0, whole(one.used), whole(retry), whole(reset), whole(name) }
end
return { passes and 1 or 0, replies }
`

const endScript = `
local id = ARGV[1]
for i, key in ipairs(KEYS) do
  local name, difference = ARGV[2 * i], tonumber(ARGV[2 * i + 1])
  if name == 'place' then
    redis.call('ZREM', key, id)
  else
    local stored = redis.call('GET', key)
    if stored then
      local changed = string.gsub(stored, name .. ' (%d+) (%d+)', function(last, count)
        return name .. ' ' .. last .. ' ' .. string.format('%.0f', math.max(0, tonumber(count) + difference))
      end, 1)
      redis.call('SET', key, changed, 'KEEPTTL')
    end
  end
end
return 1
`

const renewScript = `
local lease = tonumber(ARGV[1])
local time = redis.call('TIME')
local till = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000) + lease)
for i, key in ipairs(KEYS) do
  redis.call('ZADD', key, till, ARGV[i + 1])
  redis.call('PEXPIRE', key, string.format('%.0f', lease))
end
return 1
`

export function createRedisCallLimiter(options: { connection: RedisConnection; clock: Clock }): CallLimiter {
  const { connection } = options
  const local = createLocalCallLimiter(options.clock)
  const name = (key: string) => connection.key('limit', key)
  /** The places of calls under way, by the id of the call. */
  const held = new Map<string, string[]>()
  let renewing: NodeJS.Timeout | undefined

  function renewWhileHeld(): void {
    renewing ??= setInterval(() => {
      if (held.size === 0) {
        clearInterval(renewing)
        renewing = undefined
        return
      }
      const places = [...held].flatMap(([id, keys]) => keys.map((key) => ({ id, key })))
      for (let from = 0; from < places.length; from += 500) {
        const some = places.slice(from, from + 500)
        const [keys, ids] = [some.map(({ key }) => key), some.map(({ id }) => id)]
        void connection.run(
          (redis) => evaluate(redis, renewScript, keys, [leaseMs, ...ids]),
          () => undefined,
        )
      }
    }, renewEveryMs)
    renewing.unref()
  }

  /** Undefined where the server does not answer. */
  async function ask(callId: string, wishes: readonly Wish[], isTaken: boolean): Promise<Answer | undefined> {
    const values = wishes.flatMap(({ measure, limit, cost }) => [measure, limit, cost])
    const reply = await connection.run(
      (redis) =>
        evaluate(
          redis,
          admitScript,
          wishes.map(({ key }) => name(key)),
          [windowMs, slotMs, leaseMs, callId, isTaken ? 1 : 0, ...values],
        ),
      () => undefined,
    )
    return readAnswer(reply, wishes)
  }

  function tellEnd(callId: string, ending: readonly { key: string; slot: string; difference: number }[]) {
    if (ending.length === 0) return
    const values = ending.flatMap(({ slot, difference }) => [slot, difference])
    void connection.run(
      (redis) =>
        evaluate(
          redis,
          endScript,
          ending.map(({ key }) => name(key)),
          [callId, ...values],
        ),
      () => undefined,
    )
  }

  return {
    async admit(callId, wishes) {
      const here = local.admit(callId, wishes)
      const shared = await ask(callId, wishes, here.admitted)
      const standings = shared
        ? here.standings.map((one, index) => worse(one, shared.standings[index]))
        : here.standings
      if (!here.admitted) return { admitted: false, standings, end: () => {} }
      if (shared && !shared.passes) {
        here.end(wishes.map(() => 0))
        return { admitted: false, standings: shared.standings, end: () => {} }
      }
      const placeKeys = wishes.filter(({ measure }) => measure === 'places').map(({ key }) => name(key))
      if (placeKeys.length > 0) {
        held.set(callId, placeKeys)
        renewWhileHeld()
      }
      let isOver = false
      return {
        admitted: true,
        standings: standings.map((standing) => ({ ...standing, allowed: true, retryAfterMs: 0 })),
        end(costs) {
          if (isOver) return
          isOver = true
          held.delete(callId)
          here.end(costs)
          // Places even where the server did not answer: it may have counted the call all the same.
          const ending = wishes.flatMap(({ key, measure, cost }, index) => {
            if (measure === 'places') return [{ key, slot: 'place', difference: 0 }]
            const [cameTo, slot] = [costs[index], shared?.slots[index]]
            const isSame = cameTo === undefined || cameTo === cost || slot === undefined
            return isSame ? [] : [{ key, slot, difference: cameTo - cost }]
          })
          tellEnd(callId, ending)
        },
      } satisfies Admission
    },
    async look(wishes) {
      const here = local.look(wishes)
      const shared = await ask('', wishes, false)
      return shared ? here.map((one, index) => worse(one, shared.standings[index])) : here
    },
    async close() {
      clearInterval(renewing)
      renewing = undefined
      held.clear()
    },
  }
}

interface Answer {
  passes: boolean
  standings: Standing[]
  /** Where each cost was added; undefined where none was. */
  slots: (string | undefined)[]
}

function readAnswer(reply: unknown, wishes: readonly Wish[]): Answer | undefined {
  if (!Array.isArray(reply)) return undefined
  const [passes, rows]: unknown[] = reply
  if (!Array.isArray(rows) || rows.length !== wishes.length) return undefined
  const read = wishes.map(({ measure }, index) => {
    const [allowed, used, retry, reset, slot]: unknown[] = rows[index]
    const isAllowed = allowed === 1
    const afterMs = Number(retry) < 0 ? Number.POSITIVE_INFINITY : Number(retry)
    const retryAfterMs = isAllowed ? 0 : measure === 'places' ? placeRetryMs : afterMs
    const standing = { allowed: isAllowed, used: Number(used), retryAfterMs, resetMs: Number(reset) }
    return { standing, slot: slot === '-1' ? undefined : String(slot) }
  })
  return {
    passes: passes === 1,
    standings: read.map(({ standing }) => standing),
    slots: read.map(({ slot }) => slot),
  }
}

/** Of what this node knows and what all do, what lets less through. */
function worse(one: Standing, other: Standing | undefined): Standing {
  if (!other) return one
  return {
    allowed: one.allowed && other.allowed,
    used: Math.max(one.used, other.used),
    retryAfterMs: Math.max(one.retryAfterMs, other.retryAfterMs),
    resetMs: Math.max(one.resetMs, other.resetMs),
  }
}

const hashes = new Map<string, string>()

// A script travels once; afterwards its hash does, until the server has forgotten it.
async function evaluate(
  redis: Redis,
  script: string,
  keys: readonly string[],
  values: readonly (string | number)[],
): Promise<unknown> {
  const hash = hashes.get(script) ?? createHash('sha1').update(script).digest('hex')
  hashes.set(script, hash)
  try {
    return await redis.evalsha(hash, keys.length, ...keys, ...values)
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error
    return redis.eval(script, keys.length, ...keys, ...values)
  }
}
