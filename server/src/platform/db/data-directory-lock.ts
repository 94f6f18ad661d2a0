import { createHash, randomUUID } from 'node:crypto'
import { link, mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import path from 'node:path'

/**
 * Two processes on one embedded database ruin it, and it takes no lock of its own. So the first to come writes
 * `freehold.lock` with its host, process id and the process's start time, and keeps the file's time fresh.
 *
 * States: free → held → free. A lock is stale, and taken over, when it names a process of this host that is gone
 * (or whose id now belongs to another start), or another host's whose file has not been touched for 15 seconds
 * (a container that was killed and came back under a new name).
 *
 * Invariant: a lock in place is replaced only by who holds the claim to replace exactly that text. A claim is a lock
 * of its own, named after the text, so a claimant that was killed is itself replaced by the same rule. Merely removing
 * what looks stale would not do: between the look and the removal another process may have put a fresh lock there.
 */
export interface DataDirectoryLock {
  release(): Promise<void>
}

interface Holder {
  host: string
  processId: number
  startedAt: string
}

const refreshMs = 3_000
const foreignStaleMs = 15_000
const attempts = 50
const retryMs = 20

/** @throws an Error that names the holder when another process has the directory */
export async function lockDataDirectory(directory: string): Promise<DataDirectoryLock> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const file = path.join(directory, 'freehold.lock')
  const own: Holder = {
    host: hostname(),
    processId: process.pid,
    startedAt: (await processStart(process.pid)) ?? '',
  }
  const text = JSON.stringify(own)
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (await acquire(file, text)) return hold(file, text)
    const holder = parseHolder(await readText(file))
    if (holder && !(await isStale(file, holder))) {
      throw new Error(
        `The data directory ${directory} is in use by process ${holder.processId} on ${holder.host}. ` +
          `Stop that server first, or start this one with another FREEHOLD_DATA_DIR.`,
      )
    }
    // Another process is taking over what was stale: a moment later its lock is in place.
    await new Promise((resolve) => setTimeout(resolve, retryMs))
  }
  throw new Error(`The lock ${file} could not be taken: other processes keep taking it.`)
}

/** Puts the text in place of nothing, or of a stale lock. False when another process was quicker or is alive. */
async function acquire(file: string, text: string): Promise<boolean> {
  if (await create(file, text)) return true
  const found = await readText(file)
  if (found === undefined) return false
  const holder = parseHolder(found)
  if (holder && !(await isStale(file, holder))) return false
  const claim = `${file}.${createHash('sha256').update(found).digest('hex').slice(0, 12)}`
  if (!(await acquire(claim, text))) return false
  try {
    // Who claimed it before may have replaced it already.
    if ((await readText(file)) !== found) return false
    await rename(await writeDraft(file, text), file)
    return true
  } finally {
    await rm(claim, { force: true })
  }
}

/** Links a complete file into place: the lock exists with its whole text or not at all. */
async function create(file: string, text: string): Promise<boolean> {
  const draft = await writeDraft(file, text)
  try {
    await link(draft, file)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  } finally {
    await rm(draft, { force: true })
  }
}

async function writeDraft(file: string, text: string): Promise<string> {
  const draft = `${file}.${randomUUID()}`
  await writeFile(draft, text, { mode: 0o600 })
  return draft
}

async function readText(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined)
}

/** A text that no process of ours wrote is no holder. */
function parseHolder(text: string | undefined): Holder | undefined {
  try {
    // Written by `lockDataDirectory` above; anything else fails the checks below.
    const value = JSON.parse(text ?? '') as Partial<Holder>
    if (typeof value.host !== 'string' || typeof value.processId !== 'number') return undefined
    return { host: value.host, processId: value.processId, startedAt: value.startedAt ?? '' }
  } catch {
    return undefined
  }
}

async function isStale(file: string, holder: Holder): Promise<boolean> {
  if (holder.host !== hostname()) {
    const touched = await stat(file).catch(() => undefined)
    return touched === undefined || Date.now() - touched.mtimeMs > foreignStaleMs
  }
  try {
    process.kill(holder.processId, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH'
  }
  const startedAt = await processStart(holder.processId)
  return startedAt !== undefined && holder.startedAt !== '' && startedAt !== holder.startedAt
}

/** The start time of a process in clock ticks since boot, where /proc tells it (field 22 of proc(5) stat). */
async function processStart(processId: number): Promise<string | undefined> {
  try {
    const text = await readFile(`/proc/${processId}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}

function hold(file: string, text: string): DataDirectoryLock {
  const timer = setInterval(() => {
    const now = new Date()
    utimes(file, now, now).catch(() => undefined)
  }, refreshMs)
  timer.unref()
  return {
    release: async () => {
      clearInterval(timer)
      // A process that stood still for long may have lost the lock to another.
      if ((await readText(file)) === text) await rm(file, { force: true })
    },
  }
}
