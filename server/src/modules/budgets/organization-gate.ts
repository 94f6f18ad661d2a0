import { systemCaller } from '../../platform/context.ts'
import { readTenant, withTenant } from '../../platform/db/transactions.ts'
import type { TenantTx } from '../../platform/db/types.ts'
import { newId } from '../../platform/ids.ts'
import type { Nanos } from '../../platform/money.ts'
import type { Platform } from '../../platform/platform.ts'
import {
  findKeyOwner,
  type Granting,
  grantLeases,
  type LeaseAmounts,
  type LeaseWish,
  leaseMs,
  listHardBudgets,
  recallLeases,
  renewLeases,
  returnLeases,
} from './lease-store.ts'
import { freeOf, type HeldCall, type Lease, neededIn, OrganizationLeases } from './organization-leases.ts'

/**
 * What one node does about the leases of one organization: it asks the database where memory does not suffice.
 *
 * All that moves leases goes one after the other (`#exclusive`), and each answer of the database says what the leases hold,
 * so whoever lost an answer is put right by the next. Calls that wait are taken in the order in which they came. What is
 * known of the budgets counts for a second from when it was asked for.
 *
 * Time here is the process's own, which nobody sets back; a lease is used for two thirds of what the database gives it.
 */
export class OrganizationGate {
  readonly book = new OrganizationLeases()
  readonly #platform: Platform
  readonly #caller: ReturnType<typeof systemCaller>
  #turn: Promise<unknown> = Promise.resolve()
  #learning: Promise<void> | undefined
  #recalling: Promise<void> | undefined
  #queue: Waiting[] = []
  readonly #questions = new Set<{ atMs: number }>()
  #isPumping = false
  #isRefilling = false
  #changes = 0
  #renewedAtMs = performance.now()

  constructor(platform: Platform, organizationId: string) {
    this.#platform = platform
    this.#caller = systemCaller(organizationId, newId())
  }

  get isIdle(): boolean {
    const { book } = this
    return book.isIdle && book.knownUntilMs < performance.now() && this.#queue.length === 0 && !this.#learning
  }

  /** Takes the call in, or says which budgets cannot bear it. */
  async hold(call: HeldCall): Promise<Asked> {
    // Whoever comes while it is silent does not join the queue: memory is bounded however long that lasts.
    if (this.isSilent()) throw new Error('The database does not answer.')
    const leftMs = this.book.knownUntilMs - performance.now()
    if (leftMs <= 0) await this.learn()
    else if (leftMs < knownForMs / 2) this.inBackground(this.learn())
    // While others wait, what is free is theirs.
    if (this.#isPumping || !this.book.take(call, performance.now())) return this.#askUntilSaid(call)
    if (!this.#isRefilling && this.book.needsRefill(performance.now())) this.inBackground(this.#refill())
    return taken
  }

  /** Knows the budgets as they are now, and holds what calls under way may cost in new ones. */
  learn(): Promise<void> {
    this.#learning ??= this.#learn().finally(() => {
      this.#learning = undefined
    })
    return this.#learning
  }

  /** The budgets are others than was known. */
  async forget(): Promise<void> {
    this.#changes++
    this.book.knownUntilMs = Number.NEGATIVE_INFINITY
    await this.learn()
  }

  async #learn(): Promise<void> {
    for (;;) {
      const askedAtMs = performance.now()
      const changes = this.#changes
      const { nodeId } = this.#platform
      const budgets = await this.#asking(
        readTenant(this.#platform, this.#caller, ({ tx }) => listHardBudgets(tx, nodeId)),
      )
      this.book.learn(budgets, performance.now())
      await this.cover()
      const recalled = new Set(budgets.filter((one) => one.recalled).map(({ id }) => id))
      if (recalled.size > 0) await this.giveBack(({ budget }) => recalled.has(budget.id), true)
      if (changes !== this.#changes) continue
      this.book.knownUntilMs = askedAtMs + knownForMs
      return
    }
  }

  /** What runs already is held in whatever it counts in, wherever the limit is. */
  async cover(): Promise<void> {
    if (this.book.uncovered().length === 0) return
    await this.#exclusive(() => this.#grant(this.book.uncovered(), true))
  }

  async #refill(): Promise<void> {
    this.#isRefilling = true
    try {
      await this.#exclusive(async () => {
        const granting = await this.#grant(this.book.refills(performance.now()))
        this.book.refilled(granting, performance.now())
      })
    } finally {
      this.#isRefilling = false
    }
  }

  async #grant(wishes: readonly LeaseWish[], forced = false): Promise<Granting> {
    if (wishes.length === 0) return { amounts: new Map(), refused: [] }
    const askedAtMs = performance.now()
    const granting = await this.#move((tx, now) =>
      grantLeases(tx, this.#platform.nodeId, wishes, now, forced),
    )
    this.book.granted(granting, askedAtMs + usedForMs)
    return granting
  }

  /** A budget may be removed, or made a soft one, while it is asked: then the question is another one. */
  async #askUntilSaid(call: HeldCall): Promise<Asked> {
    for (let attempt = 0; attempt < mostAttempts; attempt++) {
      const asked = await this.#ask(call)
      if (asked) return asked
      await this.forget()
    }
    throw new Error('The budgets changed again and again while a call was to be held in them.')
  }

  /** @returns undefined where the budgets are others than was known */
  #ask(call: HeldCall): Promise<Asked | undefined> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ call, resolve, reject })
      if (this.#isPumping) return
      this.#isPumping = true
      this.inBackground(this.#pump())
    })
  }

  /** Asks for all that wait at once; where that is too much, for one after the other. */
  async #pump(): Promise<void> {
    try {
      while (this.#queue.length > 0) {
        const batch = this.#queue.splice(0, mostAtOnce)
        try {
          await this.#exclusive(() => this.#serve(batch))
        } catch (error) {
          for (const { reject } of batch) reject(error)
        }
      }
    } finally {
      this.#isPumping = false
    }
  }

  async #serve(batch: readonly Waiting[]): Promise<void> {
    const { book } = this
    let left = batch.filter((one) => !this.#take(one))
    const calls = left.map(({ call }) => call)
    if (calls.length > 1) {
      await this.#grant(book.wishes(calls, performance.now(), true))
      left = left.filter((one) => !this.#take(one))
    }
    const refusals = new Map<string, Granting['refused'][number]>()
    for (const one of left) {
      if (this.#take(one)) continue
      const known = this.#tooMuch(one.call, refusals)
      if (known.length > 0) {
        one.resolve(this.#refusal(known, one.call))
        continue
      }
      // The first question is for this call alone, so with something beside it where there is room.
      const { refused } = await this.#grant(book.wishes([one.call], performance.now(), calls.length === 1))
      if (this.#take(one)) continue
      if (refused.length === 0) one.resolve(undefined)
      else one.resolve(this.#refusal(refused, one.call))
      for (const refusal of refused) refusals.set(refusal.budgetId, refusal)
    }
  }

  /** Who wants more of a budget than was left of it a moment ago need not ask. */
  #tooMuch(call: HeldCall, refusals: ReadonlyMap<string, Granting['refused'][number]>): Granting['refused'] {
    return this.book.leasesOf(call.parts).flatMap((lease) => {
      const refusal = refusals.get(lease.budget.id)
      return refusal && refusal.remainingNanos + freeOf(lease) < neededIn(lease, call) ? [refusal] : []
    })
  }

  #take({ call, resolve }: Waiting): boolean {
    if (!this.book.take(call, performance.now())) return false
    resolve(taken)
    return true
  }

  #refusal(refused: Granting['refused'], call: HeldCall): Asked {
    const left = refused.map(({ budgetId, remainingNanos, reclaimableNanos }) => {
      const lease = this.book.leases.get(budgetId)
      const leftNanos = remainingNanos + (lease ? freeOf(lease) : 0n)
      return { leftNanos, withReclaimedNanos: leftNanos + reclaimableNanos }
    })
    return {
      taken: false,
      budgetIds: refused.map(({ budgetId }) => budgetId),
      leftNanos: left.reduce(
        (least, { leftNanos }) => (leftNanos < least ? leftNanos : least),
        call.amountNanos,
      ),
      isReclaimable: left.every(({ withReclaimedNanos }) => withReclaimedNanos >= call.amountNanos),
    }
  }

  /** Asks the other nodes for what they do not use of some budgets, and takes no more than it needs itself. */
  recall(budgetIds: readonly string[]): Promise<void> {
    const nowMs = performance.now()
    for (const id of budgetIds) {
      const lease = this.book.leases.get(id)
      if (lease) this.book.tighten(lease, nowMs)
    }
    this.#recalling ??= this.#move((tx) => recallLeases(tx, this.#platform.nodeId, budgetIds)).finally(() => {
      this.#recalling = undefined
    })
    return this.#recalling
  }

  /** Whose own key it is; undefined where it is nobody's. */
  ownerOf(apiKeyId: string): Promise<string | undefined> {
    return this.#asking(readTenant(this.#platform, this.#caller, ({ tx }) => findKeyOwner(tx, apiKeyId)))
  }

  /** Gives back what is free of the leases that are meant. @param answering another node, which waits for it */
  async giveBack(isMeant: (lease: Lease) => boolean, answering = false): Promise<void> {
    await this.#exclusive(async () => {
      const parts = this.book.takeFree(isMeant, answering)
      if (parts.length === 0) return
      const amounts = await this.#move((tx) => returnLeases(tx, this.#platform.nodeId, parts))
      this.book.settled([], amounts)
    })
  }

  /** Runs what settles ended calls in the database. */
  async settle(
    calls: readonly { held: HeldCall; costNanos: Nanos }[],
    work: () => Promise<LeaseAmounts>,
  ): Promise<void> {
    await this.#exclusive(async () => this.book.settled(calls, await this.#asking(work())))
    await this.cover()
  }

  /** What time brings: leases are renewed, what is idle goes back, and what runs is covered. */
  async tend(): Promise<void> {
    const nowMs = performance.now()
    if (nowMs - this.#renewedAtMs > renewEveryMs && this.book.leases.size > 0) {
      this.#renewedAtMs = nowMs
      await this.#exclusive(async () => {
        const amounts = await this.#move((tx) => renewLeases(tx, this.#platform.nodeId))
        this.book.renewed(amounts, nowMs + usedForMs)
      })
    }
    await this.cover()
    await this.giveBack(({ usedAtMs }) => usedAtMs < nowMs - idleMs)
  }

  inBackground(work: Promise<unknown>): void {
    work.catch((error: unknown) =>
      this.#platform.logger.warn({ err: error }, 'the leases on budgets could not be moved'),
    )
  }

  #exclusive<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work, work)
    this.#turn = mine.catch(() => {})
    return mine
  }

  #move<T>(work: (tx: TenantTx, now: Date) => Promise<T>): Promise<T> {
    return this.#asking(withTenant(this.#platform, this.#caller, ({ tx, now }) => work(tx, now)))
  }

  async #asking<T>(question: Promise<T>): Promise<T> {
    const asked = { atMs: performance.now() }
    this.#questions.add(asked)
    try {
      return await question
    } finally {
      this.#questions.delete(asked)
    }
  }

  /** Whether the database owes an answer for longer than a call waits. */
  isSilent(): boolean {
    // The first of a set is its oldest.
    const [oldest] = this.#questions
    return oldest !== undefined && performance.now() - oldest.atMs > patienceMs[this.#platform.database.kind]
  }
}

interface Waiting {
  call: HeldCall
  resolve(asked: Asked | undefined): void
  reject(error: unknown): void
}

/** Whether the call was taken in; where not, which budgets refuse it, and whether other nodes have what it needs. */
export type Asked =
  | { taken: true }
  | { taken: false; budgetIds: string[]; leftNanos: Nanos; isReclaimable: boolean }

const taken: Asked = { taken: true }
/** For so long counts what was learnt of the budgets, from when it was asked for. */
export const knownForMs = 1_000
/** How long an answer may take. PostgreSQL may be lost; an embedded database is a part of this process and at most busy. */
const patienceMs = { postgres: 800, pglite: 60_000 } as const
const usedForMs = (leaseMs * 2) / 3
const renewEveryMs = 5_000
const idleMs = 500
const mostAtOnce = 256
const mostAttempts = 5
