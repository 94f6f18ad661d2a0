import type { Nanos } from '../../../platform/money.ts'

/** Of a grant, what decides what is taken from it next. */
export interface Allocatable {
  readonly id: string
  readonly amountNanos: Nanos
  readonly usedNanos: Nanos
  readonly revokedNanos: Nanos
  readonly expiredNanos: Nanos
  readonly expiresAt: Date | null
  readonly createdAt: Date
}

/** What nobody has used, revoked or let expire of it. */
export function restOf({ amountNanos, usedNanos, revokedNanos, expiredNanos }: Allocatable): Nanos {
  return amountNanos - usedNanos - revokedNanos - expiredNanos
}

/**
 * Reckons what calls have used since it was reckoned last: from the grant that expires first, and of those that expire
 * together, or never, from the oldest. What a correction gave back goes to the grants that were used last. What is used
 * beyond all grants, by a correction, is of none: it is taken from the next.
 * @param usedNanos what calls have used in all
 * @returns what is used of each grant whose use is another now
 */
export function allocateUse(grants: readonly Allocatable[], usedNanos: Nanos): Map<string, Nanos> {
  const inOrder = inOrderOfUse(grants)
  let open = usedNanos - grants.reduce((sum, grant) => sum + grant.usedNanos, 0n)
  const changed = new Map<string, Nanos>()
  for (const grant of open < 0n ? inOrder.toReversed() : inOrder) {
    const moved = open < 0n ? max(open, -grant.usedNanos) : min(open, restOf(grant))
    if (moved !== 0n) changed.set(grant.id, grant.usedNanos + moved)
    open -= moved
  }
  return changed
}

/** Later than any date where it never ends. */
const endOf = ({ expiresAt }: Allocatable) => expiresAt?.getTime() ?? Number.MAX_SAFE_INTEGER
const min = (one: Nanos, other: Nanos) => (one < other ? one : other)
const max = (one: Nanos, other: Nanos) => (one > other ? one : other)

/** The grant that is used next first, and of those that expire together, or never, the oldest. */
export function inOrderOfUse<Grant extends Allocatable>(grants: readonly Grant[]): Grant[] {
  return grants.toSorted(
    (one, other) =>
      endOf(one) - endOf(other) ||
      one.createdAt.getTime() - other.createdAt.getTime() ||
      (one.id < other.id ? -1 : 1),
  )
}
