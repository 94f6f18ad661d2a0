import type { Server, ServerResponse } from 'node:http'

interface Sending {
  /** When what had been written was last taken, or nothing stood waiting. */
  takenAtMs: number
}

const usualStallMs = 60_000
const looksInOneStall = 4

/**
 * Breaks the connections of readers that take nothing of their answer for too long: each holds a place at a provider, and
 * the part of the answer that stands before it.
 */
export function breakStalledReaders(server: Server, stalledMs = usualStallMs): void {
  const sending = new Map<ServerResponse, Sending>()
  server.on('request', (_request, response: ServerResponse) => {
    const one: Sending = { takenAtMs: performance.now() }
    sending.set(response, one)
    response.on('drain', () => {
      one.takenAtMs = performance.now()
    })
    response.once('close', () => sending.delete(response))
  })
  const looking = setInterval(() => {
    const nowMs = performance.now()
    for (const [response, one] of sending) {
      if (!response.writableNeedDrain) one.takenAtMs = nowMs
      else if (nowMs - one.takenAtMs >= stalledMs) response.destroy()
    }
  }, stalledMs / looksInOneStall)
  looking.unref()
  server.once('close', () => clearInterval(looking))
}
