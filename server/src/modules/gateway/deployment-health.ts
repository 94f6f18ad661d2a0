import type { Clock } from '../../platform/clock.ts'
import {
  afterBegin,
  afterFailure,
  afterNothingLearnt,
  afterSuccess,
  type Breaker,
  breakerAt,
  closed,
  letsThrough,
} from './rules/breaker.ts'
import { median, summarize, type WindowSummary } from './rules/call-window.ts'

/** How one attempt at a deployment ended. */
export interface AttemptEnd {
  /** What it says of the deployment. */
  readonly verdict: 'sick' | 'well' | 'nothing'
  readonly latencyMs: number
  readonly timeToFirstTokenMs: number | null
  /** The class of the failure, without a word of the provider's. */
  readonly errorClass: string | null
}

export interface DeploymentStatus extends WindowSummary {
  readonly state: 'unknown' | Breaker['state']
  /** Since when it is in this state; null for one that has never left it. */
  readonly sinceMs: number | null
  readonly callsInFlight: number
  readonly lastError: { readonly errorClass: string; readonly atMs: number } | null
  readonly lastCallAtMs: number | null
}

/**
 * What this process knows of each deployment by its key: the calls of the last minutes, those in flight, and a circuit
 * breaker. Nothing of it is stored or shared: every node finds out by itself, and a restart begins anew.
 *
 * Invariants: each `begin` is ended exactly once, by the function it returns; a window is of at most `mostSamples` calls
 * and none older than `windowMs`; what is remembered is bounded by `mostDeployments`, of which the longest unused goes.
 */
export interface DeploymentHealth {
  letsThrough(key: string): boolean
  /** When a deployment that lets nothing through may be tried again, in milliseconds from now; 0 for others. */
  retryAfterMs(key: string): number
  begin(key: string): (end: AttemptEnd) => void
  callsInFlight(key: string): number
  /** The median of the last minutes; null while too few calls were made to tell. */
  usualMs(key: string, streamed: boolean): number | null
  status(key: string): DeploymentStatus
  /** Those that were failing and now wait for a call that decides. */
  waitingForProbe(): ReadonlySet<string>
}

interface Sample {
  readonly atMs: number
  readonly failed: boolean
  readonly latencyMs: number
  readonly timeToFirstTokenMs: number | null
}

interface Remembered {
  breaker: Breaker
  samples: Sample[]
  callsInFlight: number
  lastError: DeploymentStatus['lastError']
  lastCallAtMs: number | null
}

const windowMs = 300_000
const mostSamples = 200
const mostDeployments = 2_000
/** From how many calls on a median says something. */
const leastSamples = 3

export function createDeploymentHealth(clock: Clock): DeploymentHealth {
  const records = new Map<string, Remembered>()
  const nowMs = () => clock.now().getTime()

  function recordOf(key: string): Remembered {
    const known = records.get(key)
    if (known) return known
    const fresh: Remembered = {
      breaker: closed,
      samples: [],
      callsInFlight: 0,
      lastError: null,
      lastCallAtMs: null,
    }
    records.set(key, fresh)
    for (const [name, record] of records) {
      if (records.size <= mostDeployments) break
      if (record.callsInFlight === 0 && name !== key) records.delete(name)
    }
    return fresh
  }

  function recent(record: Remembered | undefined): Sample[] {
    const from = nowMs() - windowMs
    return record?.samples.slice(-mostSamples).filter(({ atMs }) => atMs >= from) ?? []
  }

  return {
    letsThrough: (key) => letsThrough(records.get(key)?.breaker ?? closed, nowMs()),

    retryAfterMs(key) {
      const breaker = breakerAt(records.get(key)?.breaker ?? closed, nowMs())
      if (breaker.state === 'open') return breaker.untilMs - nowMs()
      return letsThrough(breaker, nowMs()) ? 0 : 1_000
    },

    begin(key) {
      const record = recordOf(key)
      // The newest stands last, so that the longest unused is forgotten first.
      records.delete(key)
      records.set(key, record)
      record.breaker = afterBegin(record.breaker, nowMs())
      record.callsInFlight += 1
      record.lastCallAtMs = nowMs()
      let ended = false
      return ({ verdict, latencyMs, timeToFirstTokenMs, errorClass }) => {
        if (ended) return
        ended = true
        const atMs = nowMs()
        record.callsInFlight -= 1
        if (errorClass !== null) record.lastError = { errorClass, atMs }
        if (verdict === 'nothing') {
          record.breaker = afterNothingLearnt(record.breaker)
          return
        }
        const failed = verdict === 'sick'
        record.samples.push({ atMs, failed, latencyMs, timeToFirstTokenMs })
        // Cut in batches: a busy deployment ends a call many times a second.
        if (record.samples.length >= 2 * mostSamples) record.samples = record.samples.slice(-mostSamples)
        if (!failed) {
          record.breaker = afterSuccess(record.breaker, atMs)
          return
        }
        const window = recent(record)
        const failures = window.filter((sample) => sample.failed).length
        record.breaker = afterFailure(record.breaker, atMs, { calls: window.length, failures })
      }
    },

    callsInFlight: (key) => records.get(key)?.callsInFlight ?? 0,

    usualMs(key, streamed) {
      const times = recent(records.get(key)).flatMap((sample) => {
        const time = streamed ? sample.timeToFirstTokenMs : sample.latencyMs
        return sample.failed || time === null ? [] : [time]
      })
      return times.length < leastSamples ? null : median(times)
    },

    waitingForProbe() {
      const isWaiting = ({ breaker }: Remembered) =>
        breakerAt(breaker, nowMs()).state === 'half_open' && letsThrough(breaker, nowMs())
      return new Set([...records].filter(([, record]) => isWaiting(record)).map(([key]) => key))
    },

    status(key) {
      const record = records.get(key)
      const breaker = breakerAt(record?.breaker ?? closed, nowMs())
      return {
        ...summarize(recent(record)),
        state: record ? breaker.state : 'unknown',
        sinceMs: breaker.sinceMs,
        callsInFlight: record?.callsInFlight ?? 0,
        lastError: record?.lastError ?? null,
        lastCallAtMs: record?.lastCallAtMs ?? null,
      }
    },
  }
}
