import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { lockDataDirectory } from './data-directory-lock.ts'

let directory: string
const children: ChildProcessWithoutNullStreams[] = []

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'freehold-lock-'))
})

afterEach(async () => {
  await Promise.all(children.splice(0).map(kill))
  await rm(directory, { recursive: true, force: true })
})

interface Contender {
  child: ChildProcessWithoutNullStreams
  /** `held`, or `refused` with the reason. */
  answer: string
}

/** Another process that tries to take the lock. */
async function contend(): Promise<Contender> {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'lock-holder.fixture.ts'), directory])
  children.push(child)
  const [data] = await once(child.stdout, 'data')
  return { child, answer: String(data).trim() }
}

async function kill(child: ChildProcessWithoutNullStreams): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}

describe('the data directory', () => {
  test('serves one process; the next is told who has it', async () => {
    const first = await contend()
    expect(first.answer).toBe('held')
    await expect(lockDataDirectory(directory)).rejects.toThrow(
      `The data directory ${directory} is in use by process ${first.child.pid} on ${hostname()}.`,
    )
    expect((await contend()).answer).toMatch(/^refused .*in use by process/)
  })

  test('is free again after its holder stopped', async () => {
    const first = await contend()
    first.child.stdin.write('stop\n')
    await once(first.child, 'exit')
    await (await lockDataDirectory(directory)).release()
    expect(await readdir(directory)).toEqual([])
  })

  test('is taken over at once from a holder that was killed', async () => {
    await kill((await contend()).child)
    const startedAt = performance.now()
    const lock = await lockDataDirectory(directory)
    expect(performance.now() - startedAt).toBeLessThan(5_000)
    await lock.release()
    expect(await readdir(directory)).toEqual([])
  })

  test('has exactly one holder after five processes start at once', async () => {
    const answers = (await Promise.all(Array.from({ length: 5 }, contend))).map(
      (one) => one.answer.split(' ')[0],
    )
    expect(answers.toSorted()).toEqual(['held', 'refused', 'refused', 'refused', 'refused'])
  })

  test('has exactly one holder after five processes find it left by a killed one', async () => {
    await kill((await contend()).child)
    const answers = (await Promise.all(Array.from({ length: 5 }, contend))).map(
      (one) => one.answer.split(' ')[0],
    )
    expect(answers.toSorted()).toEqual(['held', 'refused', 'refused', 'refused', 'refused'])
  })

  test('is taken over by one of many, however often they look at the same stale lock', async () => {
    const file = path.join(directory, 'freehold.lock')
    for (let round = 0; round < 30; round++) {
      // No process has this id: it is above what Linux gives out.
      await writeFile(
        file,
        JSON.stringify({ host: hostname(), processId: 4_194_305, startedAt: String(round) }),
      )
      const results = await Promise.allSettled(
        Array.from({ length: 24 }, async (_, index) => {
          // Each comes a little later, so that some find what another is just replacing.
          for (let turn = 0; turn < index; turn++) await new Promise((resolve) => setImmediate(resolve))
          return lockDataDirectory(directory)
        }),
      )
      const locks = results.filter((result) => result.status === 'fulfilled').map((result) => result.value)
      expect(locks).toHaveLength(1)
      await locks[0]?.release()
    }
    expect(await readdir(directory)).toEqual([])
  })

  test('is taken over although a process that was taking it over was killed', async () => {
    const file = path.join(directory, 'freehold.lock')
    const dead = (startedAt: string) => JSON.stringify({ host: hostname(), processId: 4_194_305, startedAt })
    await writeFile(file, dead('1'))
    const claim = `${file}.${createHash('sha256').update(dead('1')).digest('hex').slice(0, 12)}`
    await writeFile(claim, dead('2'))
    const lock = await lockDataDirectory(directory)
    await lock.release()
    expect(await readdir(directory)).toEqual([])
  })

  test('is taken over from a process whose id belongs to another one now', async () => {
    const file = path.join(directory, 'freehold.lock')
    await writeFile(
      file,
      JSON.stringify({ host: hostname(), processId: process.pid, startedAt: 'another start' }),
    )
    await (await lockDataDirectory(directory)).release()
  })

  test('of another host is taken over only when that has not touched it for fifteen seconds', async () => {
    const file = path.join(directory, 'freehold.lock')
    await writeFile(file, JSON.stringify({ host: 'elsewhere', processId: 1, startedAt: '1' }))
    await expect(lockDataDirectory(directory)).rejects.toThrow('in use by process 1 on elsewhere')
    const past = new Date(Date.now() - 16_000)
    await utimes(file, past, past)
    await (await lockDataDirectory(directory)).release()
  })

  test('is left to who holds it now by one that lost it', async () => {
    const lost = await lockDataDirectory(directory)
    const file = path.join(directory, 'freehold.lock')
    await writeFile(file, JSON.stringify({ host: 'elsewhere', processId: 1, startedAt: '1' }))
    await lost.release()
    expect(await readdir(directory)).toEqual(['freehold.lock'])
  })
})
