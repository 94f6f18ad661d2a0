import { execFile } from 'node:child_process'
import { appendFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createLogger } from '../telemetry/logger.ts'
import { type Journal, type LeftJournal, leftJournals, openJournal } from './index.ts'
import { encodeLine, journalFileName } from './journal.ts'

const logger = createLogger({ level: 'silent', format: 'json' })
let root: string
let folder: string

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'freehold-journal-'))
  folder = path.join(root, 'one')
})
afterEach(() => rm(root, { recursive: true, force: true }))

async function take(): Promise<LeftJournal[]> {
  const left: LeftJournal[] = []
  for await (const journal of leftJournals(root)) left.push(journal)
  return left
}

/** What is in the folder, as a process that was killed would have left it. */
async function textsIn(): Promise<string[]> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.journal')).toSorted()
  const contents = await Promise.all(files.map((name) => readFile(path.join(folder, name), 'utf8')))
  return contents
    .join('')
    .split('\n')
    .filter(Boolean)
    .map((line) => line.slice(9))
}

describe('an entry', () => {
  test('is in the file when its append resolves, and those of one turn are there in their order', async () => {
    const journal = await openJournal(folder, logger)
    await Promise.all(['a', 'b', 'ä 🐻'].map((text) => journal.append(text)))
    expect(await textsIn()).toEqual(['a', 'b', 'ä 🐻'])
    await journal.close()
  })

  test('stays until it is released; with the last of them the file is empty', async () => {
    const journal = await openJournal(folder, logger)
    const entries = await Promise.all(['a', 'b'].map((text) => journal.append(text)))
    journal.release(entries.slice(0, 1))
    expect(await textsIn()).toContain('b')
    journal.release(entries.slice(1))
    expect(await textsIn()).toEqual([])
    await journal.append('c')
    expect(await textsIn()).toEqual(['c'])
    await journal.close()
  })

  test('that is needed outlives every compaction, and those that are not go: the file stays small', async () => {
    const journal = await openJournal(folder, logger, { compactAboveBytes: 2_000 })
    await journal.append('kept')
    for (let turn = 0; turn < 300; turn++) {
      const entries = await Promise.all(
        [1, 2, 3].map((one) => journal.append(`${turn} ${one} ${'x'.repeat(50)}`)),
      )
      journal.release(entries)
    }
    expect(await textsIn()).toContain('kept')
    const [file = '', ...more] = (await readdir(folder)).filter((name) => name.endsWith('.journal'))
    expect(more).toEqual([])
    expect((await stat(path.join(folder, file))).size).toBeLessThan(3_000)
    await journal.close()
  })
})

describe('a folder', () => {
  test('belongs to one process: another is refused, and its journal is not taken over while it lives', async () => {
    const journal = await openJournal(folder, logger)
    await journal.append('a')
    await expect(openJournal(folder, logger)).rejects.toThrow('in use by process')
    expect(await take()).toEqual([])
    await journal.close()
  })

  test('is taken over with what is not released, once, and is gone when that is discarded', async () => {
    const journal = await openJournal(folder, logger)
    const [done] = await Promise.all(['a', 'b'].map((text) => journal.append(text)))
    if (done) journal.release([done])
    await journal.close()
    const [first, ...others] = await take()
    expect([first?.name, first?.texts.at(-1), first?.damagedLines, others]).toEqual(['one', 'b', 0, []])
    // Another process that looks at the same time gets nothing.
    expect(await take()).toEqual([])
    await first?.discard()
    expect(await readdir(root)).toEqual([])
  })

  test('that is closed with nothing left is gone', async () => {
    const journal = await openJournal(folder, logger)
    journal.release([await journal.append('a')])
    await journal.close()
    expect(await readdir(root)).toEqual([])
  })
})

describe('what was damaged', () => {
  async function leave(change: (content: string) => string): Promise<LeftJournal> {
    const journal: Journal = await openJournal(folder, logger)
    await Promise.all(['first', 'second', 'third'].map((text) => journal.append(text)))
    await journal.close()
    const file = path.join(folder, journalFileName(1))
    await writeFile(file, change(await readFile(file, 'utf8')))
    const [left] = await take()
    if (!left) throw new Error('The journal was not taken over.')
    return left
  }

  test('at the end, by a kill in the middle of a write, was never acknowledged and is left out', async () => {
    const left = await leave((content) => content + encodeLine('fourth').slice(0, -3))
    expect([left.texts, left.damagedLines]).toEqual([['first', 'second', 'third'], 0])
    await left.discard()
    expect(await readdir(root)).toEqual([])
  })

  test('in the middle takes no other entry with it, and a copy is kept for a person', async () => {
    const left = await leave((content) => content.replace('second', 'sEcond'))
    expect([left.texts, left.damagedLines]).toEqual([['first', 'third'], 1])
    await left.discard()
    expect(await readdir(root)).toEqual(['one-000000000001.damaged'])
  })

  test('by bytes of anything is told apart from what was written', async () => {
    const left = await leave((content) => `\u0000\u0000garbage\n\n${content}00000000 forged\n`)
    expect(left.texts).toEqual(['first', 'second', 'third'])
    expect(left.damagedLines).toBe(3)
    await left.leave()
  })
})

test('a full disk refuses entries, keeps all that were acknowledged, and takes entries again when there is room', async () => {
  const fixture = path.join(import.meta.dirname, 'small-disk.fixture.ts')
  // Files of this process may have 8 blocks of 512 or 1,024 bytes.
  const output = await new Promise<string>((resolve) => {
    const command = 'ulimit -f 8; exec "$0" "$@"'
    execFile('bash', ['-c', command, process.execPath, fixture, folder], (_error, stdout) => resolve(stdout))
  })
  // Printed by the fixture.
  const { acknowledged, refusedWhenFull } = JSON.parse(output) as {
    acknowledged: number[]
    refusedWhenFull: number
  }
  expect(acknowledged.length).toBeGreaterThan(5)
  expect(refusedWhenFull).toBeGreaterThan(0)
  const [left] = await take()
  // Each line printed by `JSON.stringify` in the fixture.
  const found = left?.texts.map((text) => (JSON.parse(text) as { number: number }).number)
  expect(found).toEqual(acknowledged)
  expect(acknowledged).toContain(1_000)
  expect(left?.damagedLines).toBe(0)
})

test('an unfinished line of the past does not swallow what is written after it', async () => {
  const journal = await openJournal(folder, logger)
  await journal.append('a')
  await journal.close()
  await appendFile(path.join(folder, journalFileName(1)), 'half a li')
  const [left] = await take()
  expect(left?.texts).toEqual(['a'])
  await left?.leave()
})
