import { expect, test } from 'vitest'
import { createFairShare } from './fair-share.ts'

/** Work that ends when it is told to. */
function held() {
  let end = () => {}
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  return { ended, end: () => end() }
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

test('of one key no more than its share runs, in order; another key does not wait for it', async () => {
  const share = createFairShare(2)
  const started: string[] = []
  const work = Array.from({ length: 5 }, held)
  const all = work.map(({ ended }, place) =>
    share.run('a', async () => {
      started.push(`a${place}`)
      await ended
    }),
  )
  await turn()
  expect(started).toEqual(['a0', 'a1'])
  await share.run('b', async () => void started.push('b'))
  expect(started).toEqual(['a0', 'a1', 'b'])
  for (const one of work) {
    one.end()
    await turn()
  }
  await Promise.all(all)
  expect(started).toEqual(['a0', 'a1', 'b', 'a2', 'a3', 'a4'])
})

test('work that fails gives its place to the next', async () => {
  const share = createFairShare(1)
  const failing = share.run('a', async () => {
    throw new Error('not today')
  })
  const next = share.run('a', async () => 'done')
  await expect(failing).rejects.toThrow('not today')
  expect(await next).toBe('done')
  expect(await share.run('a', async () => 'again')).toBe('again')
})
