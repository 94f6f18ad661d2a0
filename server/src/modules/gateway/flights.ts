/**
 * Questions that are being asked at this moment, each by one call. Who asks the same meanwhile waits for its answer in
 * place of asking too.
 *
 * A flight is in the air → landed, with an answer or with none. Invariants: one name has one flight at a time; who took off
 * lands it, whatever becomes of its call; a flight that landed with nothing hands its place to the first who asks again.
 */
export interface Flights<Answer> {
  join(name: string): Lead<Answer> | Follow<Answer>
}

export interface Lead<Answer> {
  readonly leads: true
  /**
   * Hands the answer to all who wait; undefined where there is none for them. What comes after the first time changes nothing.
   * @param until who comes before it is settled is given the answer too: by then it stands where it is looked for first
   */
  land(answer: Answer | undefined, until?: Promise<void>): void
}

export interface Follow<Answer> {
  readonly leads: false
  /**
   * Undefined where who leads has no answer for others, or none within the time; then the name is free again.
   * @throws the reason of the signal
   */
  wait(signal: AbortSignal, mostMs: number): Promise<Answer | undefined>
}

export function createFlights<Answer>(): Flights<Answer> {
  const inTheAir = new Map<string, Promise<Answer | undefined>>()
  return {
    join(name) {
      const known = inTheAir.get(name)
      const leave = (flight: Promise<Answer | undefined>) => {
        if (inTheAir.get(name) === flight) inTheAir.delete(name)
      }
      if (known)
        return {
          leads: false,
          async wait(signal, mostMs) {
            const landed = await within(known, signal, mostMs)
            if (landed === late) leave(known)
            return landed === late ? undefined : landed
          },
        }
      const { promise, resolve } = Promise.withResolvers<Answer | undefined>()
      inTheAir.set(name, promise)
      return {
        leads: true,
        land(answer, until) {
          resolve(answer)
          if (answer === undefined || !until) leave(promise)
          else void until.finally(() => leave(promise))
        },
      }
    },
  }
}

const late = Symbol('late')

function within<T>(promise: Promise<T>, signal: AbortSignal, mostMs: number): Promise<T | typeof late> {
  return new Promise((resolve, reject) => {
    const leave = () => reject(signal.reason)
    const timer = setTimeout(() => resolve(late), mostMs)
    if (signal.aborted) leave()
    signal.addEventListener('abort', leave)
    void promise.then(resolve).finally(() => {
      clearTimeout(timer)
      signal.removeEventListener('abort', leave)
    })
  })
}
