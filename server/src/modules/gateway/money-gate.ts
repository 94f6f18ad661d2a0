import path from 'node:path'
import { dataDirectory } from '../../platform/config.ts'
import type { Caller } from '../../platform/context.ts'
import type { Database } from '../../platform/db/database.ts'
import { AppError } from '../../platform/errors.ts'
import { type Journal, type JournalEntry, openJournal } from '../../platform/journal/index.ts'
import type { Nanos } from '../../platform/money.ts'
import { createNodeRegistry } from '../../platform/nodes/node-registry.ts'
import type { Platform } from '../../platform/platform.ts'
import { type CallParts, createNodeLeases, type HeldCall, spendingUnavailable } from '../budgets/index.ts'
import type { NewUsageRecord } from '../ledger/index.ts'
import { replayJournals } from './actions/replay-journals.ts'
import { countedNanos, encodeEntry } from './journal-entries.ts'
import { isOfErasedOrganization, isRefusedRecord, recordEndedCalls } from './record-calls.ts'

/**
 * The money gate of one node: calls are authorized in memory, written to the node's journal, and settled in batches.
 *
 * A call is begun → ended → recorded. Invariants:
 * - Before a call leaves, what it may cost is held in every hard budget it counts in (under this node's leases, which are a
 *   part of what the budgets hold in the database), and its begin stands in the journal.
 * - Before its end is acknowledged, it stands in the journal too, or, where the disk takes nothing, its begin still does.
 * - What a call holds is free again only as it ends; what it cost stays covered by the leases until the transaction that
 *   records it moves it from held to settled. So settled + held never falls behind what was spent, and never exceeds a
 *   hard limit by a grant.
 * - A call is recorded once: its request id is the key, whether it comes from memory, from the journal of a killed process,
 *   or from both. What the database has is released from the journal afterwards, never before.
 * - Memory is bounded: with too many calls that could not be recorded yet, or with the database away, new calls are refused.
 */
export interface MoneyGate {
  /** Where calls are written down before they leave. */
  readonly journalIn: 'file' | 'database'
  /** Holds what a call may cost and writes down that it begins. @throws budgets.unavailable (503) within a second */
  begin(caller: Caller, call: BeginningCall): Promise<Begun>
  /**
   * Holds a call that has begun as another: in the place of what it held, which stays held where this is refused.
   * @throws budgets.unavailable (503); the call is held as before then
   */
  move(caller: Caller, call: BeginningCall): Promise<Begun>
  /** Writes down how a call ended, once. */
  end(organizationId: string, record: NewUsageRecord): Promise<void>
  /** Resolves when the calls that have ended on this node, of one organization or all, are recorded, or cannot be for now. */
  recorded(organizationId?: string): Promise<void>
  /** As `recorded`, and what this node has of the budgets beyond its calls under way has gone back. */
  settled(organizationId: string): Promise<void>
  /** Gives back what this node does not use of some budgets. */
  giveBack(organizationId: string, budgetIds: readonly string[]): Promise<void>
  /** Resolves when a change of budgets that is committed counts on every node. */
  budgetsChanged(organizationId: string): Promise<void>
  /**
   * Records what is in the journals of killed processes.
   * @param isAlone no other process can be alive, so that what others had leased goes back at once
   * @returns how many calls they had begun and not ended
   */
  recover(isAlone: boolean): Promise<number>
  /** Ends leases that nobody renews. */
  sweep(): Promise<void>
  close(): Promise<void>
}

export interface BeginningCall {
  parts: CallParts
  amountNanos: Nanos
  /** What its record will say should the process die. */
  interrupted: NewUsageRecord
}

/** Whether the call is held; where not, which budgets refuse it and what the tightest of them would bear. */
export type Begun = { held: true } | { held: false; budgetIds: readonly string[]; leftNanos: Nanos }

interface Ended {
  held: HeldCall
  record: NewUsageRecord
  endedAt: Date
  entries: JournalEntry[]
  isRecorded: boolean
}

/** PostgreSQL may be lost; an embedded database is a part of this process and at most busy. */
const patienceMs = { postgres: 1_000, pglite: 60_000 } as const
/** Whoever reads what was spent asks for it at once; nobody else waits for a batch. */
const flushAfterMs = 200
const tryAgainMs = 500
const closeWithinMs = 5_000
/** A batch holds up this thread where the database is embedded: some tens of milliseconds. */
const batchSizes = { postgres: 500, pglite: 100 } as const
const mostUnrecorded = 10_000
/** After the database was away, other nodes get this long to renew what they hold. */
const graceAfterOutageMs = 5_000

export function createMoneyGate(given: Platform): MoneyGate {
  const platform = pastShares(given)
  const { config, logger, clock } = platform
  const journalIn = config.FREEHOLD_JOURNAL ?? (config.DATABASE_URL && config.S3_BUCKET ? 'database' : 'file')
  const folder = path.join(dataDirectory(config), 'journal')
  const nodes = createNodeRegistry(platform, platform.nodeId)
  const leases = createNodeLeases(platform, async () =>
    (await nodes.aliveNodeIds()).some((id) => id !== platform.nodeId),
  )
  const begun = new Map<string, JournalEntry>()
  const ended = new Map<string, Ended[]>()
  const flushes = new Map<string, Promise<void>>()
  let unrecorded = 0
  let opening: Promise<Journal> | undefined
  let flushing: NodeJS.Timeout | undefined
  let troubleAtMs = Number.NEGATIVE_INFINITY

  function journal(): Promise<Journal> {
    opening ??= openJournal(path.join(folder, platform.nodeId), logger)
    // A disk that is full now may have room later.
    opening.catch(() => {
      opening = undefined
    })
    return opening
  }

  async function write(...entry: Parameters<typeof encodeEntry>): Promise<JournalEntry> {
    return (await journal()).append(encodeEntry(...entry))
  }

  function schedule(afterMs: number): void {
    flushing ??= setTimeout(() => {
      flushing = undefined
      Promise.all([...ended.keys()].map(flush)).catch((error: unknown) => {
        logger.warn({ err: error, calls: unrecorded }, 'ended calls could not be recorded; it is tried again')
        schedule(tryAgainMs)
      })
    }, afterMs)
    flushing.unref()
  }

  /** Records what has ended so far. One batch of an organization after the other. */
  function flush(organizationId: string): Promise<void> {
    const before = flushes.get(organizationId) ?? Promise.resolve()
    const mine = before.catch(() => {}).then(() => flushAll(organizationId))
    flushes.set(organizationId, mine)
    const forget = () => {
      if (flushes.get(organizationId) === mine) flushes.delete(organizationId)
    }
    mine.then(forget, forget)
    return mine
  }

  async function flushAll(organizationId: string): Promise<void> {
    const waiting = ended.get(organizationId)
    // What ends meanwhile has its own turn: a batch of those is worth waiting for.
    for (let left = waiting?.length ?? 0; waiting && left > 0; ) {
      const batch = waiting.slice(0, Math.min(left, batchSizes[platform.database.kind]))
      await record(organizationId, batch)
      waiting.splice(0, batch.length)
      left -= batch.length
      unrecorded -= batch.length
    }
    if (ended.get(organizationId)?.length === 0) ended.delete(organizationId)
  }

  async function record(organizationId: string, ended: readonly Ended[]): Promise<void> {
    const batch = ended.filter(({ isRecorded }) => !isRecorded)
    if (batch.length === 0) return
    const calls = batch.map(({ held, record: one }) => ({ held, costNanos: countedNanos(one) }))
    const recorded = batch.map(({ held, ...call }) => ({ parts: held.parts, ...call }))
    const settle = (work: () => Promise<ReadonlyMap<string, Nanos>>) =>
      leases.settle(organizationId, calls, async () => {
        const amounts = await work()
        for (const one of batch) one.isRecorded = true
        return amounts
      })
    try {
      await settle(() => recordEndedCalls(platform, organizationId, platform.nodeId, recorded))
    } catch (error) {
      if (!isRefusedRecord(error)) throw error
      if (batch.length > 1) {
        for (const one of batch) await record(organizationId, [one])
        return
      }
      await settle(async () => new Map())
      const requestId = batch[0]?.record.requestId
      if (isOfErasedOrganization(error)) {
        logger.warn({ requestId, organizationId }, 'a call ended after its organization was erased')
      } else {
        logger.error({ err: error, requestId }, 'a call cannot be recorded; the journal keeps it')
        return
      }
    }
    ;(await journal()).release(batch.flatMap(({ entries }) => entries))
  }

  async function patiently<T>(work: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined
    const limit = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new Error('The database does not answer.')),
        patienceMs[platform.database.kind],
      )
    })
    try {
      return await Promise.race([work, limit])
    } finally {
      clearTimeout(timer)
    }
  }

  const refuse = (cause: unknown) => spendingUnavailable({ cause, headers: { 'Retry-After': '1' } })

  async function recorded(organizationId?: string): Promise<void> {
    const ids = organizationId === undefined ? [...ended.keys()] : [organizationId]
    await patiently(Promise.all(ids.map(flush))).catch((error: unknown) =>
      logger.warn({ err: error }, 'what is read may lack calls that have just ended'),
    )
  }

  return {
    journalIn,
    async begin(caller, { parts, amountNanos, interrupted }) {
      const { requestId } = interrupted
      if (unrecorded >= mostUnrecorded) throw refuse(new Error('Too many calls are not recorded yet.'))
      const answer = await leases.hold(caller, { requestId, parts, amountNanos }).catch((error: unknown) => {
        throw error instanceof AppError ? error : refuse(error)
      })
      const { held } = answer
      if (!held) return { held: false, budgetIds: answer.budgetIds, leftNanos: answer.leftNanos }
      const organizationId = String(caller.organizationId)
      try {
        const entry = { kind: 'begun', organizationId, parts: held.parts, endedAtMs: undefined } as const
        begun.set(requestId, await write({ ...entry, record: interrupted }))
      } catch (error) {
        leases.end(organizationId, requestId, 0n)
        throw refuse(error)
      }
      return { held: true }
    },
    async move(caller, { parts, amountNanos, interrupted }) {
      const { requestId } = interrupted
      const organizationId = String(caller.organizationId)
      const instead = leases.find(organizationId, requestId)
      if (!instead) throw new Error('A call that is not under way cannot be moved.')
      const answer = await leases
        .hold(caller, { requestId, parts, amountNanos, instead })
        .catch((error: unknown) => {
          throw error instanceof AppError ? error : refuse(error)
        })
      const { held } = answer
      if (!held) return { held: false, budgetIds: answer.budgetIds, leftNanos: answer.leftNanos }
      try {
        const entry = { kind: 'begun', organizationId, parts: held.parts, endedAtMs: undefined } as const
        const written = await write({ ...entry, record: interrupted })
        const before = begun.get(requestId)
        begun.set(requestId, written)
        if (before) (await journal()).release([before])
      } catch (error) {
        leases.undo(organizationId, held)
        throw refuse(error)
      }
      return { held: true }
    },
    async end(organizationId, record) {
      const held = leases.end(organizationId, record.requestId, countedNanos(record))
      if (!held) return
      const endedAt = clock.now()
      const entries = [begun.get(record.requestId)].filter((entry) => entry !== undefined)
      begun.delete(record.requestId)
      unrecorded += 1
      try {
        const entry = {
          kind: 'ended',
          organizationId,
          parts: held.parts,
          endedAtMs: endedAt.getTime(),
        } as const
        entries.push(await write({ ...entry, record }))
      } catch (error) {
        // Its begin stands there still, and the database is told in a moment.
        logger.error({ err: error }, 'the end of a call could not be written to the journal')
      }
      const waiting = ended.get(organizationId)
      const one = { held, record, endedAt, entries, isRecorded: false }
      if (waiting) waiting.push(one)
      else ended.set(organizationId, [one])
      schedule(flushAfterMs)
    },
    recorded,
    async settled(organizationId) {
      await recorded(organizationId)
      await patiently(leases.giveBack(organizationId)).catch(() => {})
    },
    giveBack: (organizationId, budgetIds) => leases.giveBack(organizationId, budgetIds),
    async budgetsChanged(organizationId) {
      await leases.changed(organizationId)
    },
    async recover(isAlone) {
      const interrupted = await replayJournals(platform, folder, (nodeId) => leases.endLeases({ nodeId }))
      if (isAlone) await leases.endLeases({ allBut: platform.nodeId })
      return interrupted
    },
    async sweep() {
      try {
        const inGrace = performance.now() - troubleAtMs < graceAfterOutageMs
        // In its grace too the database is asked something: it may go away again.
        if (inGrace) await nodes.aliveNodeIds()
        else await leases.endLeases({ expired: true })
      } catch (error) {
        troubleAtMs = performance.now()
        throw error
      }
    },
    async close() {
      clearTimeout(flushing)
      const flushed = Promise.all([...ended.keys()].map(flush)).then(() => leases.close())
      await Promise.race([
        flushed,
        new Promise((_, reject) =>
          setTimeout(() => reject(new Error('It takes too long.')), closeWithinMs).unref(),
        ),
      ]).catch((error: unknown) =>
        logger.warn({ err: error, calls: unrecorded }, 'the journal keeps calls for the next start'),
      )
      if (opening) await (await opening).close()
    },
  }
}

/**
 * A platform whose transactions go past their organization's share of the connections: its own flood of requests must
 * not keep it from its money, nor look like a database that is lost. An organization has one or two of them at a time.
 */
function pastShares(platform: Platform): Platform {
  const { database } = platform
  const transaction: Database['transaction'] = ({ share: _, ...opening }, work) =>
    database.transaction(opening, work)
  // Everything else is the database's own, and is looked up in it only when it is used.
  const past: Database = Object.assign(Object.create(database), { transaction })
  return { ...platform, database: past }
}
