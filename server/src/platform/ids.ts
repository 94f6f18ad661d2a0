import { randomFillSync } from 'node:crypto'
import { V7Generator } from 'uuidv7'

/** Drawn for hundreds of ids at once: asking the system for a few bytes costs more than an id. */
const random = new Uint32Array(1_024)
let nextRandom = random.length
const generator = new V7Generator({
  nextUint32() {
    if (nextRandom === random.length) {
      randomFillSync(random)
      nextRandom = 0
    }
    return random[nextRandom++] ?? 0
  },
})

/** A new UUIDv7 (RFC 9562): sortable by time, made in the program because not every PostgreSQL has `uuidv7()`. */
export function newId(): string {
  return generator.generate().toString()
}

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i

export function isId(value: string): boolean {
  return uuidPattern.test(value)
}
