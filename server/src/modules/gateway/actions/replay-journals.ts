import { type LeftJournal, leftJournals } from '../../../platform/journal/index.ts'
import type { Platform } from '../../../platform/platform.ts'
import { type CallEntry, decodeEntry } from '../journal-entries.ts'
import { type EndedCall, isOfErasedOrganization, isRefusedRecord, recordEndedCalls } from '../record-calls.ts'

const batchSize = 500

/**
 * Records what the journals of killed processes hold: calls that ended, as they ended, and calls that did not, as
 * interrupted at their bound. What the processes had of budgets goes back afterwards. A call that is in the ledger already
 * stays as it is.
 * @returns how many calls had begun and not ended
 */
export async function replayJournals(
  platform: Platform,
  folder: string,
  endLeases: (nodeId: string) => Promise<void>,
): Promise<number> {
  let interrupted = 0
  for await (const journal of leftJournals(folder)) {
    try {
      interrupted += await replay(platform, journal)
      await endLeases(journal.name)
      await journal.discard()
    } catch (error) {
      // One that cannot be read now must not keep the others from it.
      platform.logger.error(
        { err: error, journal: journal.name },
        'the journal of a killed process could not be replayed; it is tried again',
      )
      await journal.leave()
    }
  }
  return interrupted
}

async function replay(platform: Platform, journal: LeftJournal): Promise<number> {
  const calls = new Map<string, CallEntry>()
  for (const entry of journal.texts.map(decodeEntry)) {
    // The end says more than the beginning, and a later beginning where the call was moved to.
    if (entry.kind === 'ended' || calls.get(entry.record.requestId)?.kind !== 'ended')
      calls.set(entry.record.requestId, entry)
  }
  const now = platform.clock.now()
  for (const [organizationId, entries] of Map.groupBy(calls.values(), (entry) => entry.organizationId)) {
    const ended = entries.map(({ parts, record, endedAtMs }) => ({
      parts,
      record,
      endedAt: endedAtMs === undefined ? now : new Date(endedAtMs),
    }))
    for (let from = 0; from < ended.length; from += batchSize)
      await recordThose(platform, organizationId, journal.name, ended.slice(from, from + batchSize))
  }
  const interrupted = [...calls.values()].filter(({ kind }) => kind === 'begun').length
  const { damagedLines, name } = journal
  if (damagedLines > 0)
    platform.logger.error(
      { damagedLines, journal: name },
      'lines of a journal are damaged; a copy of it is kept beside',
    )
  if (calls.size > 0)
    platform.logger.warn(
      { calls: calls.size, interrupted },
      'calls of a killed process were recorded from its journal',
    )
  return interrupted
}

/** All at once; where the database refuses one, each by itself. */
async function recordThose(
  platform: Platform,
  organizationId: string,
  nodeId: string,
  calls: readonly EndedCall[],
): Promise<void> {
  try {
    await recordEndedCalls(platform, organizationId, nodeId, calls)
  } catch (error) {
    if (isOfErasedOrganization(error)) return
    if (!isRefusedRecord(error) || calls.length === 1) throw error
    for (const call of calls) await recordThose(platform, organizationId, nodeId, [call])
  }
}
