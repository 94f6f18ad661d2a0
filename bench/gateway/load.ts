import { Pool } from 'undici'
import { percentile } from '../figure.ts'

/** Somewhere a chat completion can be asked for. */
export interface Target {
  name: string
  origin: string
  path: string
  headers: Record<string, string>
  /** Its failures count as no answer, where those of others end the measurement. */
  mayFail?: true
}

const messages = [
  { role: 'system', content: 'You answer in a few words.' },
  { role: 'user', content: 'What is measured here, and how is it told from what stands around it?' },
]
/** `max_tokens` as callers send it who mind what a call may cost. */
const fields = { model: 'bench', messages, max_tokens: 128 }
const whole = JSON.stringify(fields)
const streamed = JSON.stringify({ ...fields, stream: true })
const held = JSON.stringify({ ...fields, stream: true, user: 'hold' })

/** Asks over so many connections, one call after another on each. @returns calls a second, and what each call took */
export async function measureCalls(
  target: Target,
  connections: number,
  forMs: number,
): Promise<{ perSecond: number; tookMs: number[] }> {
  const pool = new Pool(target.origin, { connections, pipelining: 1 })
  const tookMs: number[] = []
  const startedAt = performance.now()
  try {
    const askOn = async () => {
      while (performance.now() - startedAt < forMs) {
        const beganAt = performance.now()
        if (await call(pool, target, whole)) tookMs.push(performance.now() - beganAt)
        else if (!target.mayFail) throw new Error(`${target.name} did not answer with 200.`)
      }
    }
    await Promise.all(Array.from({ length: connections }, askOn))
    return { perSecond: (tookMs.length / (performance.now() - startedAt)) * 1000, tookMs }
  } finally {
    await pool.destroy()
  }
}

/** @returns the median of the time from the question to the first byte of the stream's first event */
export async function measureFirstToken(target: Target, streams: number): Promise<number> {
  const pool = new Pool(target.origin, { connections: 1, pipelining: 1 })
  const tookMs: number[] = []
  try {
    for (let asked = 0; asked < streams; asked++) {
      const beganAt = performance.now()
      await call(pool, target, streamed, () => tookMs.push(performance.now() - beganAt))
    }
    return percentile(tookMs, 0.5)
  } finally {
    await pool.destroy()
  }
}

/** Opens streams that last until `close`; resolves when each has brought its first event. */
export async function openStreams(target: Target, count: number): Promise<{ close(): Promise<void> }> {
  const pool = new Pool(target.origin, { connections: count, pipelining: 1 })
  const first = Array.from(
    { length: count },
    () =>
      new Promise<void>((resolve, reject) => {
        // Its end is ours: `close` breaks the connection.
        call(pool, target, held, resolve).then(
          (isGood) => isGood || reject(new Error('A stream was refused.')),
          reject,
        )
      }),
  )
  await Promise.all(first)
  return { close: () => pool.destroy() }
}

function call(pool: Pool, target: Target, body: string, onFirstByte?: () => void): Promise<boolean> {
  return new Promise((resolve, reject) => {
    let begun = false
    let isGood = false
    pool.dispatch(
      {
        method: 'POST',
        path: target.path,
        headers: { 'content-type': 'application/json', ...target.headers },
        body,
      },
      {
        onRequestStart() {},
        onResponseStart(_controller, status) {
          isGood = status === 200
        },
        onResponseData() {
          if (begun) return
          begun = true
          onFirstByte?.()
        },
        onResponseEnd: () => resolve(isGood),
        onResponseError: (_controller, error) => reject(error),
      },
    )
  })
}
