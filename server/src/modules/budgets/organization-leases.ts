import type { Nanos } from '../../platform/money.ts'
import type { CallParts } from './gate.ts'
import { type Granting, type HardBudget, type LeaseAmounts, type LeaseWish, tightMs } from './lease-store.ts'

/**
 * What one node knows and has of one organization's hard budgets. Nothing here waits: each function is one step in which
 * no other call can come between looking and taking.
 *
 * Of a lease, `grantedNanos` is what the budget holds for this node. It covers what calls under way may cost (`heldNanos`)
 * and what ended calls have cost that is not settled yet (`owedNanos`); the rest is free. Invariant: a call is taken only
 * where every lease it counts in covers it, or its leases were extended by force because it was under way already.
 */
export interface Lease {
  readonly budget: HardBudget
  grantedNanos: Nanos
  heldNanos: Nanos
  owedNanos: Nanos
  /** What is asked for beside the need: it doubles with each time that the database had to be asked. */
  targetNanos: Nanos
  /** Until then the lease is ours whatever happens to the database. */
  validUntilMs: number
  /** Until then each call asks for what it needs and no more, because another node needs the rest. */
  tightUntilMs: number
  usedAtMs: number
  /** When more was asked for last, before it ran out. */
  refilledAtMs: number
}

/** A call under way. */
export interface HeldCall {
  readonly requestId: string
  /** With the person whose own key it is. */
  readonly parts: CallParts
  readonly amountNanos: Nanos
  leases: Lease[]
  /** The call that it takes the place of, until it is taken. */
  instead?: HeldCall | undefined
}

/** Less than this is not worth a question; it is about ten calls of a small model. */
const leastTargetNanos = 1_000n
/** Refills are to be no more frequent. */
const refillAgainMs = 1_000
/** And no more than this times what is needed at once; the database gives less where less is left. */
const mostTimesNeeded = 16_384n

export class OrganizationLeases {
  readonly calls = new Map<string, HeldCall>()
  readonly leases = new Map<string, Lease>()
  knownUntilMs = Number.NEGATIVE_INFINITY

  get isIdle(): boolean {
    return (
      this.calls.size === 0 &&
      [...this.leases.values()].every((one) => one.grantedNanos === 0n && one.owedNanos === 0n)
    )
  }

  /** Takes note of which hard budgets there are. Calls under way count in new ones from now on. */
  learn(budgets: readonly HardBudget[], nowMs: number): void {
    const ids = new Set(budgets.map(({ id }) => id))
    for (const [id, lease] of this.leases) {
      if (ids.has(id)) continue
      this.leases.delete(id)
      for (const call of this.calls.values()) call.leases = call.leases.filter((one) => one !== lease)
    }
    for (const budget of budgets) {
      const lease = this.leases.get(budget.id) ?? this.#begin(budget, nowMs)
      if (budget.recalled) this.tighten(lease, nowMs)
    }
  }

  #begin(budget: HardBudget, nowMs: number): Lease {
    const lease: Lease = {
      budget,
      grantedNanos: 0n,
      heldNanos: 0n,
      owedNanos: 0n,
      targetNanos: 0n,
      validUntilMs: Number.NEGATIVE_INFINITY,
      tightUntilMs: Number.NEGATIVE_INFINITY,
      usedAtMs: nowMs,
      refilledAtMs: Number.NEGATIVE_INFINITY,
    }
    this.leases.set(budget.id, lease)
    for (const call of this.calls.values()) {
      if (!countsIn(budget.about, call.parts)) continue
      call.leases.push(lease)
      lease.heldNanos += call.amountNanos
    }
    return lease
  }

  tighten(lease: Lease, nowMs: number): void {
    lease.tightUntilMs = nowMs + tightMs
    lease.targetNanos = 0n
  }

  /** The leases a call counts in. */
  leasesOf(parts: CallParts): Lease[] {
    return [...this.leases.values()].filter(({ budget }) => countsIn(budget.about, parts))
  }

  /** Takes a call in if every lease covers it. */
  take(call: HeldCall, nowMs: number): boolean {
    const leases = this.leasesOf(call.parts)
    if (leases.some((one) => lacking(one, neededIn(one, call), nowMs) > 0n)) return false
    for (const lease of call.instead?.leases ?? []) lease.heldNanos -= call.instead?.amountNanos ?? 0n
    for (const lease of leases) {
      lease.heldNanos += call.amountNanos
      lease.usedAtMs = nowMs
    }
    call.leases = leases
    this.calls.set(call.requestId, call)
    return true
  }

  /** As if the call had not been taken: the one it took the place of is held again, in the room that it had. */
  undo(call: HeldCall): void {
    if (this.calls.get(call.requestId) !== call) return
    this.calls.delete(call.requestId)
    for (const lease of call.leases) lease.heldNanos -= call.amountNanos
    const { instead } = call
    if (!instead) return
    for (const lease of instead.leases) lease.heldNanos += instead.amountNanos
    this.calls.set(instead.requestId, instead)
  }

  /** The call has ended; its cost stays covered until it is settled. @returns undefined where it ended before */
  end(requestId: string, costNanos: Nanos, nowMs: number): HeldCall | undefined {
    const call = this.calls.get(requestId)
    if (!call) return undefined
    this.calls.delete(requestId)
    for (const lease of call.leases) {
      lease.heldNanos -= call.amountNanos
      lease.owedNanos += costNanos
      lease.usedAtMs = nowMs
    }
    return call
  }

  /** What calls cost has been settled, and with it gone from the leases. */
  settled(calls: readonly { held: HeldCall; costNanos: Nanos }[], amounts: LeaseAmounts): void {
    for (const { held, costNanos } of calls) for (const lease of held.leases) lease.owedNanos -= costNanos
    for (const [id, amountNanos] of amounts) {
      const lease = this.leases.get(id)
      if (lease) lease.grantedNanos = amountNanos
    }
  }

  /** What has to be asked for so that all of these calls are covered. */
  wishes(calls: readonly HeldCall[], nowMs: number, withExtra: boolean): LeaseWish[] {
    const needs = new Map<Lease, Nanos>()
    for (const call of calls)
      for (const lease of this.leasesOf(call.parts))
        needs.set(lease, (needs.get(lease) ?? 0n) + max(neededIn(lease, call), 0n))
    return [...needs].flatMap(([lease, needed]) => {
      const needNanos = lacking(lease, needed, nowMs)
      if (needNanos <= 0n) return []
      const isTight = lease.tightUntilMs > nowMs
      if (withExtra && !isTight)
        lease.targetNanos = min(
          max(2n * lease.targetNanos, 4n * needed, leastTargetNanos),
          mostTimesNeeded * needed,
        )
      const extraNanos = withExtra && !isTight ? lease.targetNanos : 0n
      return [{ budgetId: lease.budget.id, needNanos, extraNanos }]
    })
  }

  /**
   * What would keep calls from having to wait for the database, where leases are half used up. One that has to be asked
   * for again within a second is too small: it is asked to be twice as large.
   */
  refills(nowMs: number): LeaseWish[] {
    return [...this.leases.values()].flatMap((lease) => {
      const free = freeOf(lease)
      if (lease.tightUntilMs > nowMs || lease.validUntilMs <= nowMs || 2n * free >= lease.targetNanos)
        return []
      if (nowMs - lease.refilledAtMs < refillAgainMs) lease.targetNanos *= 2n
      return [{ budgetId: lease.budget.id, needNanos: 0n, extraNanos: lease.targetNanos - free }]
    })
  }

  /** Whether there is something to refill. */
  needsRefill(nowMs: number): boolean {
    for (const lease of this.leases.values())
      if (lease.tightUntilMs <= nowMs && lease.validUntilMs > nowMs && 2n * freeOf(lease) < lease.targetNanos)
        return true
    return false
  }

  /** What calls hold beyond what the node has: of budgets made while they ran, and of leases that were lost. */
  uncovered(): LeaseWish[] {
    return [...this.leases.values()].flatMap((lease) => {
      const needNanos = -freeOf(lease)
      return needNanos > 0n ? [{ budgetId: lease.budget.id, needNanos, extraNanos: 0n }] : []
    })
  }

  granted(granting: Granting, validUntilMs: number): void {
    for (const [id, amountNanos] of granting.amounts) {
      const lease = this.leases.get(id)
      if (!lease) continue
      lease.grantedNanos = amountNanos
      lease.validUntilMs = validUntilMs
    }
  }

  /** A refill was answered at `nowMs`. Where the budget gave less than was asked for, less is asked for next time. */
  refilled(granting: Granting, nowMs: number): void {
    for (const id of granting.amounts.keys()) {
      const lease = this.leases.get(id)
      if (!lease) continue
      lease.refilledAtMs = nowMs
      if (2n * freeOf(lease) < lease.targetNanos) lease.targetNanos = max(freeOf(lease), leastTargetNanos)
    }
  }

  /** All leases of the node were renewed: those not named are lost. */
  renewed(amounts: LeaseAmounts, validUntilMs: number): void {
    for (const lease of this.leases.values()) {
      lease.grantedNanos = amounts.get(lease.budget.id) ?? 0n
      lease.validUntilMs = validUntilMs
    }
  }

  /** Takes what is free out of the leases that are meant, to give it back. @param answering though it be nothing */
  takeFree(
    isMeant: (lease: Lease) => boolean,
    answering: boolean,
  ): { budgetId: string; amountNanos: Nanos }[] {
    return [...this.leases.values()].flatMap((lease) => {
      const amountNanos = freeOf(lease)
      if (!isMeant(lease) || (amountNanos <= 0n && !answering)) return []
      const given = max(amountNanos, 0n)
      lease.grantedNanos -= given
      return [{ budgetId: lease.budget.id, amountNanos: given }]
    })
  }
}

export function freeOf(lease: Lease): Nanos {
  return lease.grantedNanos - lease.heldNanos - lease.owedNanos
}

/** What a call needs beside what the one it takes the place of has. */
export function neededIn(lease: Lease, { amountNanos, instead }: HeldCall): Nanos {
  return instead?.leases.includes(lease) ? amountNanos - instead.amountNanos : amountNanos
}

/** What a lease lacks to cover an amount; a lease that may have expired covers nothing more. */
function lacking(lease: Lease, amountNanos: Nanos, nowMs: number): Nanos {
  if (amountNanos <= 0n) return 0n
  const lacks = amountNanos - freeOf(lease)
  return lease.validUntilMs <= nowMs ? max(lacks, 1n) : lacks
}

/** Whether a call counts in a budget: they agree in every part that the budget names. As `gate.ts` says it in SQL. */
export function countsIn(about: CallParts, parts: CallParts): boolean {
  return (
    agrees(about.userId, parts.userId) &&
    agrees(about.apiKeyId, parts.apiKeyId) &&
    agrees(about.serviceAccountId, parts.serviceAccountId) &&
    agrees(about.projectId, parts.projectId) &&
    agrees(about.model, parts.model) &&
    agrees(about.tag, parts.tag)
  )
}

function agrees(named: string | null, given: string | null): boolean {
  return named === null || named === given
}

function max(...amounts: Nanos[]): Nanos {
  return amounts.reduce((most, one) => (one > most ? one : most))
}

function min(one: Nanos, other: Nanos): Nanos {
  return one < other ? one : other
}
