import { expect, test, vi } from 'vitest'
import type { PubSub } from './pub-sub.ts'

/** What every pub/sub promises. `open` gives two ends: of one process in memory, of two over a network. */
export function pubSubSuite(open: () => Promise<[PubSub, PubSub]>): void {
  /** Resolves when everything published before it has been delivered: messages keep their order. */
  async function settled(from: PubSub, to: PubSub): Promise<void> {
    const heard = Promise.withResolvers<void>()
    const end = await to.subscribe('settled', () => heard.resolve())
    await from.publish('settled', '')
    await heard.promise
    await end()
  }

  test('a message reaches every listener of its channel, and no other', async () => {
    const [one, other] = await open()
    const heard: string[] = []
    await one.subscribe('news', (message) => heard.push(`one ${message}`))
    await other.subscribe('news', (message) => heard.push(`other ${message}`))
    await other.subscribe('sports', (message) => heard.push(`sports ${message}`))
    await one.publish('news', 'hello – 二')
    await settled(one, one)
    await settled(one, other)
    expect(heard.sort()).toEqual(['one hello – 二', 'other hello – 二'])
  })

  test('messages come in the order they were published', async () => {
    const [one, other] = await open()
    const heard: string[] = []
    await other.subscribe('news', (message) => heard.push(message))
    const sent = Array.from({ length: 200 }, (_, index) => String(index))
    await Promise.all(sent.map((message) => one.publish('news', message)))
    await vi.waitFor(() => expect(heard).toHaveLength(200))
    expect(heard).toEqual(sent)
  })

  test('an ended subscription hears nothing more, its neighbours do', async () => {
    const [one, other] = await open()
    const heard: string[] = []
    const listener = (message: string) => heard.push(message)
    const end = await other.subscribe('news', listener)
    await other.subscribe('news', listener)
    await end()
    await end()
    await one.publish('news', 'once')
    await settled(one, other)
    expect(heard).toEqual(['once'])
  })

  test('a channel can be left and entered again', async () => {
    const [one, other] = await open()
    const heard: string[] = []
    const end = await other.subscribe('news', () => heard.push('first'))
    const ended = end()
    await other.subscribe('news', () => heard.push('second'))
    await ended
    await one.publish('news', '')
    await settled(one, other)
    expect(heard).toEqual(['second'])
  })

  test('a listener that throws harms no other', async () => {
    const [one, other] = await open()
    const heard: string[] = []
    await other.subscribe('news', () => {
      throw new Error('broken listener')
    })
    await other.subscribe('news', (message) => heard.push(message))
    await one.publish('news', 'still here')
    await settled(one, other)
    expect(heard).toEqual(['still here'])
  })

  test('a closed end hears nothing', async () => {
    const [one, other] = await open()
    const heard: string[] = []
    await other.subscribe('news', (message) => heard.push(message))
    await other.close()
    await one.publish('news', 'too late')
    await settled(one, one)
    expect(heard).toEqual([])
  })
}
