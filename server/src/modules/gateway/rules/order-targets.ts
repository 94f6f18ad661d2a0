import { fractionOf } from './hash-text.ts'

export const strategies = [
  'priority',
  'weighted',
  'cheapest',
  'fastest',
  'least_busy',
  'cache_affine',
] as const
export type Strategy = (typeof strategies)[number]

/** What a strategy has to know of a target. */
export interface Orderable {
  /** `provider/model`: the same in every process. */
  readonly key: string
  readonly weight: number
  /** What a call like this one would cost there, in nano-dollars. */
  readonly expectedNanos: bigint
  /** The usual time to the first token, or to the answer where it is whole; null while too little is known. */
  readonly usualMs: number | null
  readonly callsInFlight: number
}

/**
 * Targets in the order in which they are to be tried. Ties stay as they were listed.
 * - `weighted`: drawn without replacement, so that the first is each with the chance of its weight, and what follows a
 *   failed one is drawn by weight from the rest (Efraimidis and Spirakis, 2006).
 * - `fastest`: one of which too little is known goes first, so that it becomes known.
 * - `cache_affine`: rendezvous hashing with weights (Thaler and Ravishankar, 1998): the same affinity has the same order
 *   everywhere, and a target that goes moves only what was on it.
 * @param random uniform in [0, 1)
 * @param affinity what is to stay where it is, such as a conversation
 */
export function orderTargets<Target extends Orderable>(
  targets: readonly Target[],
  strategy: Strategy,
  random: () => number,
  affinity: string,
): Target[] {
  switch (strategy) {
    case 'priority':
      return [...targets]
    case 'weighted':
      return byScore(targets, (target) => waitingTime(random(), target.weight))
    case 'cheapest':
      return targets.toSorted((one, other) => compare(one.expectedNanos, other.expectedNanos))
    case 'fastest':
      return byScore(targets, (target) => target.usualMs ?? -1)
    case 'least_busy':
      // A call of its own counts too, so that of two idle ones the heavier goes first.
      return byScore(targets, (target) => (target.callsInFlight + 1) / target.weight)
    case 'cache_affine':
      return byScore(targets, (target) =>
        waitingTime(fractionOf(JSON.stringify([affinity, target.key])), target.weight),
      )
  }
}

/** When a thing of this rate happens first: the smallest of several is each with the chance of its rate. */
function waitingTime(uniform: number, rate: number): number {
  return -Math.log(1 - uniform) / rate
}

function byScore<Target>(targets: readonly Target[], scoreOf: (target: Target) => number): Target[] {
  return targets
    .map((target) => ({ target, score: scoreOf(target) }))
    .sort((one, other) => one.score - other.score)
    .map(({ target }) => target)
}

function compare(one: bigint, other: bigint): number {
  return one < other ? -1 : one > other ? 1 : 0
}
