import { setTimeout as sleep } from 'node:timers/promises'
import { type Caller, systemCaller } from '../../platform/context.ts'
import { systemTx, withTenant } from '../../platform/db/transactions.ts'
import { noOrganization } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import type { Nanos } from '../../platform/money.ts'
import type { Platform } from '../../platform/platform.ts'
import type { CallParts } from './gate.ts'
import { type EndingLeases, endLeases, type LeaseAmounts, listOrganizationsOfLeases } from './lease-store.ts'
import { knownForMs, OrganizationGate } from './organization-gate.ts'
import type { HeldCall } from './organization-leases.ts'

/** The leases of one node on the hard budgets of all organizations. */
export interface NodeLeases {
  /** Holds what a call may cost in every hard budget it counts in. @throws what the database throws, within a second */
  hold(caller: Caller, call: NewHold): Promise<Holding>
  /** A call under way. */
  find(organizationId: string, requestId: string): HeldCall | undefined
  /** The call is not held any more, and the one it took the place of is. */
  undo(organizationId: string, call: HeldCall): void
  /** The call has ended; what it cost stays covered until `settle`. @returns undefined where it ended before */
  end(organizationId: string, requestId: string, costNanos: Nanos): HeldCall | undefined
  /** Runs what settles ended calls in the database, while nothing else moves the organization's leases. */
  settle(
    organizationId: string,
    calls: readonly { held: HeldCall; costNanos: Nanos }[],
    work: () => Promise<LeaseAmounts>,
  ): Promise<void>
  /** Resolves when a change of budgets that is committed counts on every node. */
  changed(organizationId: string): Promise<void>
  /** Gives back what this node does not use: of some budgets, or of all. */
  giveBack(organizationId: string, budgetIds?: readonly string[]): Promise<void>
  /** Ends leases of any node: those that nobody renews, or all of nodes that are gone. */
  endLeases(ending: EndingLeases): Promise<void>
  close(): Promise<void>
}

export interface NewHold {
  requestId: string
  parts: CallParts
  amountNanos: Nanos
  /** The call under way that it takes the place of. */
  instead?: HeldCall
}

/** A call that is held, or which budgets cannot bear it and how much the tightest of them would. */
export type Holding = { held: HeldCall } | { held: undefined; budgetIds: readonly string[]; leftNanos: Nanos }

const lookForSilenceMs = 100
const tickMs = 250
/** How long a refusal waits for what other nodes have and do not use. */
const recallForMs = 1_500
const recallPauseMs = 60
const mostOwners = 20_000
const channel = 'budgets.changed'

/** @param hasOtherNodes whether other processes are alive that may know the budgets as they were */
export function createNodeLeases(platform: Platform, hasOtherNodes: () => Promise<boolean>): NodeLeases {
  const gates = new Map<string, OrganizationGate>()
  const owners = new Map<string, string | null>()
  let ticking: NodeJS.Timeout | undefined
  let subscription: Promise<() => Promise<void>> | undefined

  function gateOf(organizationId: string): OrganizationGate {
    const known = gates.get(organizationId)
    if (known) return known
    const gate = new OrganizationGate(platform, organizationId)
    gates.set(organizationId, gate)
    subscription ??= platform.pubSub.subscribe(channel, (message) => {
      const [nodeId, id = ''] = message.split(' ')
      const changed = nodeId === platform.nodeId ? undefined : gates.get(id)
      changed?.inBackground(changed.forget())
    })
    schedule()
    return gate
  }

  function schedule(): void {
    ticking ??= setTimeout(() => {
      tick()
        .catch((error: unknown) => platform.logger.warn({ err: error }, 'leases could not be tended'))
        .finally(() => {
          ticking = undefined
          if (gates.size > 0) schedule()
        })
    }, tickMs)
    ticking.unref()
  }

  async function tick(): Promise<void> {
    for (const [id, gate] of gates) {
      if (gate.isIdle) gates.delete(id)
      else await gate.tend()
    }
  }

  const tellOthers = (organizationId: string) =>
    platform.pubSub.publish(channel, `${platform.nodeId} ${organizationId}`)

  /**
   * Waits for as long as the database goes on answering somebody; an answer that comes too late is told to `afterwards`.
   * @throws Error once it is silent
   */
  async function patiently<T>(
    gate: OrganizationGate,
    work: Promise<T>,
    afterwards: (late: T) => void = () => {},
  ): Promise<T> {
    let isLate = false
    let timer: NodeJS.Timeout | undefined
    const silence = new Promise<never>((_, reject) => {
      timer = setInterval(() => {
        if (!gate.isSilent()) return
        isLate = true
        reject(new Error('The database does not answer.'))
      }, lookForSilenceMs)
    })
    work.then(
      (late) => isLate && afterwards(late),
      () => {},
    )
    try {
      return await Promise.race([work, silence])
    } finally {
      clearInterval(timer)
    }
  }

  /** The person whose own key it is: no key ever changes hands. */
  async function personOf(gate: OrganizationGate, { userId, apiKeyId }: CallParts): Promise<string | null> {
    if (userId !== null || apiKeyId === null) return userId
    const known = owners.get(apiKeyId)
    if (known !== undefined) return known
    const owner = (await gate.ownerOf(apiKeyId)) ?? null
    if (owners.size >= mostOwners) owners.clear()
    owners.set(apiKeyId, owner)
    return owner
  }

  return {
    async hold(caller, { parts, ...call }) {
      if (caller.organizationId === null) throw noOrganization()
      const { organizationId } = caller
      const asking = gateOf(organizationId)
      const userId = await patiently(asking, personOf(asking, parts))
      const held: HeldCall = { ...call, parts: { ...parts, userId }, leases: [] }
      const recallUntilMs = performance.now() + recallForMs
      for (;;) {
        const gate = gateOf(organizationId)
        // Nobody waits for a call that is taken too late: it ends without having begun.
        const asked = await patiently(gate, gate.hold(held), ({ taken }) => {
          if (taken) gate.book.undo(held)
        })
        if (asked.taken) return { held }
        const { budgetIds, leftNanos, isReclaimable } = asked
        if (!isReclaimable || performance.now() > recallUntilMs)
          return { held: undefined, budgetIds, leftNanos }
        await patiently(gate, gate.recall(budgetIds))
        await tellOthers(organizationId)
        await sleep(recallPauseMs)
      }
    },
    find: (organizationId, requestId) => gates.get(organizationId)?.book.calls.get(requestId),
    undo: (organizationId, call) => gates.get(organizationId)?.book.undo(call),
    end: (organizationId, requestId, costNanos) =>
      gates.get(organizationId)?.book.end(requestId, costNanos, performance.now()),
    settle: (organizationId, calls, work) => gateOf(organizationId).settle(calls, work),
    async changed(organizationId) {
      await gates.get(organizationId)?.forget()
      await tellOthers(organizationId)
      // By then no node counts on anything it learnt before the change.
      if (await hasOtherNodes()) await sleep(knownForMs)
    },
    async giveBack(organizationId, budgetIds) {
      await gates
        .get(organizationId)
        ?.giveBack(({ budget }) => budgetIds === undefined || budgetIds.includes(budget.id))
    },
    async endLeases(ending) {
      const ids = await systemTx(platform, 'recover-after-restart', (tx) =>
        listOrganizationsOfLeases(tx, ending),
      )
      for (const id of ids)
        await withTenant(platform, systemCaller(id, newId()), ({ tx }) => endLeases(tx, ending))
    },
    async close() {
      clearTimeout(ticking)
      const undo = await subscription?.catch(() => undefined)
      await undo?.()
      for (const gate of gates.values()) await gate.giveBack(() => true)
      gates.clear()
    },
  }
}
