import { setTimeout as sleep } from 'node:timers/promises'

/** Looks until `done` holds, and gives what was seen; after the time limit it fails with what it saw last. */
export async function eventually<Seen>(
  look: () => Promise<Seen>,
  done: (seen: Seen) => boolean,
  { withinMs = 15_000, everyMs = 50 }: { withinMs?: number; everyMs?: number } = {},
): Promise<Seen> {
  const untilMs = performance.now() + withinMs
  for (;;) {
    const seen = await look()
    if (done(seen)) return seen
    if (performance.now() > untilMs) {
      throw new Error(`Not so within ${withinMs} ms; last seen: ${JSON.stringify(seen)?.slice(0, 2_000)}`)
    }
    await sleep(everyMs)
  }
}
