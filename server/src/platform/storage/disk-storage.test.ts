import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createDiskStorage } from './disk-storage.ts'
import { contentOf, factsOf, fileStorageSuite } from './file-storage.suite.ts'

let directory = ''
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'storage-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const filesUnder = async (folder: string) =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort()

describe('files on disk', () => {
  fileStorageSuite(async () => createDiskStorage({ directory: path.join(directory, 'files') }))

  test('lie as plain files under their key, readable by their owner alone', async () => {
    const storage = createDiskStorage({ directory })
    await storage.put('org/1/report', Buffer.from('x'), { mediaType: 'text/plain' })
    expect(await filesUnder(directory)).toEqual(['org/1/.report.type', 'org/1/report'])
    expect((await stat(path.join(directory, 'org/1/report'))).mode & 0o777).toBe(0o600)
  })

  test('a failed put leaves no file behind, nor does a deletion leave empty folders', async () => {
    const storage = createDiskStorage({ directory })
    const broken = (async function* () {
      yield Buffer.from('x')
      throw new Error('cut')
    })()
    await expect(storage.put('org/1/report', broken)).rejects.toThrow('cut')
    expect(await filesUnder(directory)).toEqual([])
    await storage.put('org/1/report', Buffer.from('x'), { mediaType: 'text/plain' })
    await storage.delete('org/1/report')
    expect(await readdir(directory)).toEqual(['.incoming'])
  })

  test('what a killed process left half-written is invisible, and gone a day later', async () => {
    const incoming = path.join(directory, '.incoming')
    await mkdir(incoming)
    await writeFile(path.join(incoming, 'old'), 'half')
    await writeFile(path.join(incoming, 'fresh'), 'half')
    const twoDaysAgo = new Date(Date.now() - 48 * 60 * 60 * 1000)
    await utimes(path.join(incoming, 'old'), twoDaysAgo, twoDaysAgo)
    await createDiskStorage({ directory }).put('key', Buffer.from('x'))
    expect(await filesUnder(directory)).toEqual(['.incoming/fresh', 'key'])
  })

  test('a process killed while it writes leaves a whole file, the old or the new', async () => {
    const script = `
      const { createDiskStorage } = await import(${JSON.stringify(new URL('./disk-storage.ts', import.meta.url).href)})
      const storage = createDiskStorage({ directory: ${JSON.stringify(directory)} })
      for (let version = 0; ; version++) {
        await storage.put('key', Buffer.alloc(2_000_000, 'ab'.charAt(version % 2)))
        console.log('stored')
      }`
    for (let round = 0; round < 5; round++) {
      const child = spawn(process.execPath, ['--input-type=module', '--eval', script])
      await once(child.stdout, 'data')
      await sleep(round * 7)
      child.kill('SIGKILL')
      await once(child, 'exit')
      const content = await contentOf(createDiskStorage({ directory }), 'key')
      expect(content).toHaveLength(2_000_000)
      expect(new Set(content).size).toBe(1)
    }
  })

  test('opening a storage touches nothing before it is used', async () => {
    createDiskStorage({ directory: path.join(directory, 'later') })
    expect(await readdir(directory)).toEqual([])
  })

  test('a file put while the folder of its neighbour is being deleted is there or was refused', async () => {
    const storage = createDiskStorage({ directory })
    for (let round = 0; round < 50; round++) {
      await storage.put('org/1/a', Buffer.from('a'))
      const put = storage.put('org/1/b', Buffer.from('b')).then(
        () => true,
        () => false,
      )
      await storage.delete('org/1/a')
      expect((await put) === ((await factsOf(storage, 'org/1/b')) !== undefined), `round ${round}`).toBe(true)
      await storage.deletePrefix('org/')
    }
  })
})
