import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemCaller } from '../../platform/context.ts'
import type { Database } from '../../platform/db/database.ts'
import { newId } from '../../platform/ids.ts'
import { type Actor, createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'
import { makePrompt } from './prompts.fixture.ts'
import { createPrompts } from './prompts.ts'

let on: TestApp
beforeAll(async () => {
  on = await createTestApp()
})
afterAll(() => on.dispose())

const callerOf = ({ organizationId }: Actor) => systemCaller(organizationId, newId())

/** A node with its own memory, that counts what it asks the database and can hold an answer back. */
function createNode() {
  const { database } = on.platform
  let reads = 0
  let gate: Promise<void> | undefined
  const counting: Database = {
    ...database,
    async transaction(options, work) {
      reads += 1
      const result = await database.transaction(options, work)
      await gate
      return result
    },
  }
  const prompts = createPrompts({ ...on.platform, database: counting })
  return {
    prompts,
    reads: () => reads,
    holdBack(until: Promise<void>) {
      gate = until
    },
  }
}

const by = { name: 'triage' }

test('what a call needs is asked of the database once, and again after five seconds', async () => {
  const ada = await signUp(on)
  await makePrompt(ada, 'triage', ['one'], { labels: ['production'] })
  const node = createNode()
  const look = async () => {
    const found = await node.prompts.find(callerOf(ada), by)
    await node.prompts.version(callerOf(ada), found?.id ?? '', 1)
  }
  for (let call = 0; call < 10; call++) await look()
  expect(node.reads()).toBe(2)
  on.platform.clock.advance(5_001)
  await look()
  expect(node.reads()).toBe(4)
})

test('a change is news to every node', async () => {
  const ada = await signUp(on)
  const { path } = await makePrompt(ada, 'triage', ['one', 'two'], { labels: ['production'] })
  const node = createNode()
  await node.prompts.start()
  const standing = async () => (await node.prompts.find(callerOf(ada), by))?.labels[0]?.version
  expect(await standing()).toBe(1)
  await ada.call('PUT', `${path}/labels/production`, { version: 2 })
  await expect.poll(standing, { timeout: 4_000, interval: 5 }).toBe(2)
  await node.prompts.stop()
})

test('what was read before a change does not stay after it', async () => {
  const ada = await signUp(on)
  const { path } = await makePrompt(ada, 'triage', ['one', 'two'], { labels: ['production'] })
  const node = createNode()
  const held = Promise.withResolvers<void>()
  node.holdBack(held.promise)
  const early = node.prompts.find(callerOf(ada), by)
  await expect.poll(node.reads).toBe(1)
  await ada.call('PUT', `${path}/labels/production`, { version: 2 })
  await node.prompts.changed(callerOf(ada))
  held.resolve()
  await early
  expect((await node.prompts.find(callerOf(ada), by))?.labels).toMatchObject([{ version: 2 }])
})

test('a name that is not there is not remembered as missing', async () => {
  const ada = await signUp(on)
  const node = createNode()
  expect(await node.prompts.find(callerOf(ada), by)).toBeUndefined()
  await makePrompt(ada, 'triage', ['one'])
  expect(await node.prompts.find(callerOf(ada), by)).toMatchObject({ name: 'triage' })
})

test('what one organization’s calls brought into memory is not there for another’s', async () => {
  const [ada, eve] = [await signUp(on), await signUp(on)]
  const { id } = await makePrompt(ada, 'triage', ['of Ada'], { labels: ['production'] })
  const node = createNode()
  for (let call = 0; call < 2; call++) {
    expect(await node.prompts.find(callerOf(ada), by)).toMatchObject({ id })
    expect(await node.prompts.version(callerOf(ada), id, 1)).toMatchObject({ number: 1 })
    expect(await node.prompts.find(callerOf(eve), by)).toBeUndefined()
    expect(await node.prompts.find(callerOf(eve), { id })).toBeUndefined()
    expect(await node.prompts.version(callerOf(eve), id, 1)).toBeUndefined()
  }
})
