import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { createLocalEmbedder, type LocalEmbedder, type LocalEmbedderOptions } from './local-embedder.ts'

let folder = ''
const opened: LocalEmbedder[] = []
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'local-embedder-'))
})
afterEach(async () => {
  await Promise.all(opened.splice(0).map((embedder) => embedder.close()))
})
afterAll(async () => {
  await rm(folder, { recursive: true })
})

function open(options: Partial<LocalEmbedderOptions> = {}): LocalEmbedder {
  const embedder = createLocalEmbedder({ idleUnloadMs: 60_000, ...options })
  opened.push(embedder)
  return embedder
}

/** A thread's program in place of the model's: `answer` is the body of a function of the request. */
async function program(answer: string): Promise<URL> {
  const path = join(folder, `${crypto.randomUUID()}.mjs`)
  await writeFile(
    path,
    `import { parentPort } from 'node:worker_threads'
     const vector = (text) => Float32Array.of(text.length)
     const answer = async ({ texts }) => { ${answer} }
     parentPort.on('message', async (request) => parentPort.postMessage(await answer(request)))`,
  )
  return pathToFileURL(path)
}

const failed = (code: string): object => expect.objectContaining({ code: `knowledge.${code}`, status: 503 })
const passage = (i: number): string =>
  `Passage ${i}: the relief valve opens at ${i} bar and closes by itself. `.repeat(6)

test('texts become vectors of length one, in order, and the same every time', async () => {
  const embedder = open()
  const texts = Array.from({ length: 20 }, (_, i) => passage(i))
  const [first, second] = [await embedder.embed(texts), await embedder.embed(texts)]
  expect(first).toHaveLength(20)
  for (const vector of first) {
    expect(vector).toHaveLength(embedder.dimensions)
    expect(Math.hypot(...vector)).toBeCloseTo(1, 5)
  }
  expect(second).toEqual(first)
  expect(await embedder.embed([passage(7)])).toEqual([first[7]])
  expect(await embedder.embed([])).toEqual([])
})

test('a question overtakes ingestion that was there before it', async () => {
  const embedder = open({ workerUrl: await program('return { vectors: texts.map(vector) }') })
  const done: string[] = []
  const ingestion = embedder
    .embed(Array.from({ length: 400 }, (_, i) => passage(i)))
    .then(() => done.push('ingestion'))
  const later = embedder
    .embed(Array.from({ length: 400 }, (_, i) => passage(i)))
    .then(() => done.push('later'))
  const question = embedder.embed(['At what pressure does it open?']).then(() => done.push('question'))
  await Promise.all([ingestion, later, question])
  expect(done).toEqual(['question', 'ingestion', 'later'])
})

test('the thread starts with the first text, is given up when idle, and starts again', async () => {
  const embedder = open({ idleUnloadMs: 20 })
  expect(embedder.awake).toBe(false)
  const [before] = await embedder.embed(['The relief valve opens at seven bar.'])
  expect(embedder.awake).toBe(true)
  await vi.waitFor(() => expect(embedder.awake).toBe(false), { timeout: 5_000 })
  expect(await embedder.embed(['The relief valve opens at seven bar.'])).toEqual([before])
})

test('a thread that dies gives its error to the call it served, and the calls behind it get a new thread', async () => {
  const answer = 'if (texts[0] === "poison") throw new Error("broken"); return { vectors: texts.map(vector) }'
  const warnings: unknown[] = []
  const embedder = open({
    workerUrl: await program(answer),
    logger: { info: () => {}, warn: (fields) => warnings.push(fields) },
  })
  const [poisoned, behind] = await Promise.allSettled([embedder.embed(['poison']), embedder.embed(['fine'])])
  expect(poisoned).toMatchObject({ status: 'rejected', reason: failed('embedder_failed') })
  expect(poisoned).toMatchObject({ reason: { cause: { message: 'broken' } } })
  expect(behind).toMatchObject({ status: 'fulfilled', value: [Float32Array.of(4)] })
  expect(warnings).toHaveLength(1)
})

test('a thread that ends without a word, or cannot start, fails its call and does not hang it', async () => {
  const ends = open({ workerUrl: await program('process.exit(3)') })
  await expect(ends.embed(['a'])).rejects.toThrow(failed('embedder_failed'))
  const missing = open({ workerUrl: pathToFileURL(join(folder, 'missing.mjs')) })
  await expect(missing.embed(['a'])).rejects.toThrow(failed('embedder_failed'))
})

test('a text that cannot be embedded fails its call only, and the thread goes on', async () => {
  const answer = 'return texts[0] === "bad" ? { error: "no such token" } : { vectors: texts.map(vector) }'
  const embedder = open({ workerUrl: await program(answer) })
  await expect(embedder.embed(['bad'])).rejects.toMatchObject({ cause: { message: 'no such token' } })
  expect(await embedder.embed(['good'])).toEqual([Float32Array.of(4)])
})

test('an aborted call rejects with the reason at once and makes room for the next', async () => {
  const never = 'if (texts[0].startsWith("Passage")) await new Promise((go) => setTimeout(go, 50)); '
  const embedder = open({ workerUrl: await program(`${never} return { vectors: texts.map(vector) }`) })
  const controller = new AbortController()
  const reason = new Error('the document was deleted')
  const ingestion = embedder.embed(
    Array.from({ length: 500 }, (_, i) => passage(i)),
    controller.signal,
  )
  controller.abort(reason)
  await expect(ingestion).rejects.toBe(reason)
  await expect(embedder.embed(['x'], controller.signal)).rejects.toBe(reason)
  expect(await embedder.embed(['next', 'a', 'b', 'c', 'd'])).toHaveLength(5)
})

test('closing rejects what waits and what comes after', async () => {
  const embedder = open({ workerUrl: await program('await new Promise(() => {})') })
  const waiting = embedder.embed(['a'])
  const rejected = expect(waiting).rejects.toThrow(failed('embedder_closed'))
  await embedder.close()
  await rejected
  await expect(embedder.embed(['b'])).rejects.toThrow(failed('embedder_closed'))
  expect(embedder.awake).toBe(false)
})

test('more texts than a batch takes are refused', async () => {
  const embedder = open()
  const many = new Array<string>(embedder.maxBatch + 1).fill('x')
  await expect(embedder.embed(many)).rejects.toThrow(RangeError)
})
