import { copyFile, readdir, readFile, rm, rmdir } from 'node:fs/promises'
import path from 'node:path'
import { lockDataDirectory } from '../db/data-directory-lock.ts'
import { decodeLine } from './journal.ts'

/** A journal whose process is gone. */
export interface LeftJournal {
  /** The name of its folder. */
  name: string
  /** What was acknowledged and not released, the oldest first; some of it may stand there twice. */
  texts: string[]
  /** Lines that are not what was written, but for a last one that was never finished. */
  damagedLines: number
  /** Everything in it is where it belongs: its files go. Damaged ones are kept beside, for a person. */
  discard(): Promise<void>
  /** Leaves it for another time. */
  leave(): Promise<void>
}

/** Takes over the journals below a folder whose processes are gone, one after the other. */
export async function* leftJournals(folder: string): AsyncGenerator<LeftJournal> {
  const found = await readdir(folder, { withFileTypes: true }).catch(() => [])
  for (const entry of found) {
    if (!entry.isDirectory()) continue
    const left = await takeOver(path.join(folder, entry.name))
    if (left) yield left
  }
}

async function takeOver(folder: string): Promise<LeftJournal | undefined> {
  // One that holds nothing yet is being made.
  const files = await readdir(folder).catch(() => [])
  if (!files.some((name) => name.endsWith('.journal'))) return undefined
  const lock = await lockDataDirectory(folder).catch(() => undefined)
  if (!lock) return undefined
  const journals = (await readdir(folder)).filter((name) => name.endsWith('.journal')).toSorted()
  const texts: string[] = []
  const damaged: string[] = []
  let damagedLines = 0
  for (const name of journals) {
    const read = parseJournal(await readFile(path.join(folder, name), 'utf8'))
    texts.push(...read.texts)
    damagedLines += read.damagedLines
    if (read.damagedLines > 0) damaged.push(name)
  }
  return {
    name: path.basename(folder),
    texts,
    damagedLines,
    async discard() {
      for (const name of damaged)
        await copyFile(path.join(folder, name), `${folder}-${name.replace('.journal', '.damaged')}`)
      for (const name of journals) await rm(path.join(folder, name), { force: true })
      await lock.release()
      await rmdir(folder).catch(() => undefined)
    },
    leave: () => lock.release(),
  }
}

/** Each line stands for itself: one that is damaged takes no other with it. */
export function parseJournal(content: string): { texts: string[]; damagedLines: number } {
  const lines = content.split('\n')
  // What comes after the last break was never finished, so nobody was told that it was written.
  lines.pop()
  const texts = lines.map(decodeLine)
  return {
    texts: texts.filter((text) => text !== undefined),
    damagedLines: texts.filter((text) => text === undefined).length,
  }
}
