import { rmSync } from 'node:fs'
import { glob, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { ask, type Credentials, followDocument, type Message, signUp, uploadDocument } from './api-client.ts'
import { makeHouseRules } from './house-rules.ts'
import { type ServerProcess, startServerProcess } from './server-process.ts'
import * as terminal from './terminal.ts'

const help = `npm run demo

Starts a Freehold of its own on a free port, with a temporary data folder. Signs up, uploads this project's README and
docs and a PDF, and asks three questions through the API. Stops the server and removes the folder when it is done.

  --provider   answer with the models of OPENROUTER_API_KEY, OPENAI_API_KEY, OPENAI_BASE_URL or OLLAMA_BASE_URL;
               without it the answers are quotes, and nothing leaves this machine
  --help       this text
`

const questions = [
  'How much notice must a tenant give before moving out?',
  'What happens to an answer when a node is killed?',
  'What is the capital of Mongolia?',
]
const atMostMs = 180_000
const shownLogLines = 20

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { help: { type: 'boolean' }, provider: { type: 'boolean' } } })
  if (values.help) {
    process.stdout.write(help)
    return 0
  }
  const folder = await mkdtemp(path.join(tmpdir(), 'freehold-demo-'))
  const server = startServerProcess({
    FREEHOLD_DATA_DIR: folder,
    ...(values.provider ? providerSettings() : {}),
  })
  const lastResort = () => {
    server.kill()
    rmSync(folder, { recursive: true, force: true })
  }
  process.once('exit', lastResort)
  const interrupted = stopOnSignals(server)
  try {
    await show(server, AbortSignal.any([interrupted, AbortSignal.timeout(atMostMs)]))
    return 0
  } catch (error) {
    if (interrupted.aborted) return 130
    terminal.printLine(`\n${terminal.style('red', 'The demonstration failed.')} ${errorText(error)}`)
    const lines = server.logLines().slice(-shownLogLines)
    if (lines.length > 0) terminal.printLine(`The last lines of the server's log:\n${lines.join('\n')}`)
    return 1
  } finally {
    await server.stop()
    await rm(folder, { recursive: true, force: true, maxRetries: 10 })
    process.off('exit', lastResort)
  }
}

async function show(server: ServerProcess, signal: AbortSignal): Promise<void> {
  terminal.printLine(`${terminal.style('bold', 'Freehold')} on a free port, with a temporary data folder\n`)
  const { url, readyMs } = await server.ready
  terminal.printStep(`server ready at ${url}`, readyMs)

  const startedAt = performance.now()
  const session = await signUp(
    url,
    {
      email: 'ada@example.com',
      password: 'a-long-passphrase',
      name: 'Ada',
      organizationName: 'Kestrel House',
    },
    signal,
  )
  terminal.printStep(
    `signed up, organization “${session.organization?.name ?? ''}”`,
    performance.now() - startedAt,
  )

  const credentials = { url, accessToken: session.accessToken, signal }
  await uploadAll(credentials)
  for (const [index, question] of questions.entries()) {
    terminal.printLine(`\n${terminal.style('bold', `${index + 1}. ${question}`)}\n`)
    await printAnswer(credentials, question)
  }
  terminal.printLine(
    `\nNext: ${terminal.style('bold', 'npm start')}, then open http://localhost:3000, sign up and upload a document of yours.`,
  )
}

/** Uploads everything, then follows one document after the other; the server reads several at once. */
async function uploadAll(credentials: Credentials): Promise<void> {
  const startedAt = performance.now()
  const uploaded = []
  for (const file of await readFiles()) uploaded.push(await uploadDocument(credentials, file))
  for (const { id } of uploaded) {
    const progress = terminal.createProgressLine()
    for await (const document of followDocument(credentials, id)) {
      progress.show(document)
      if (document.status === 'failed') throw new Error(`${document.name}: ${document.failure?.message}`)
      if (document.status !== 'ready') continue
      progress.end()
      const pages = document.pageCount === null ? '' : `${document.pageCount} pages, `
      terminal.printStep(
        `${document.name}: ${pages}${document.passageCount} passages`,
        performance.now() - startedAt,
      )
    }
  }
}

async function readFiles(): Promise<{ name: string; bytes: Uint8Array<ArrayBuffer> }[]> {
  const project = path.join(import.meta.dirname, '../..')
  const names = await Array.fromAsync(glob(['README.md', 'docs/*.md'], { cwd: project }))
  const files = names.sort().map(async (name) => ({
    name: name.replaceAll('/', '-'),
    bytes: new Uint8Array(await readFile(path.join(project, name))),
  }))
  return [
    ...(await Promise.all(files)),
    { name: 'house-rules.pdf', bytes: new Uint8Array(await makeHouseRules()) },
  ]
}

async function printAnswer(credentials: Credentials, question: string): Promise<Message> {
  const text = terminal.createTextWriter()
  for await (const { event, data } of ask(credentials, question)) {
    if (event === 'message.delta') text.write(data.text)
    if (event === 'message.error') throw new Error(data.error.message)
    if (event !== 'message.done') continue
    text.end()
    terminal.printLine()
    terminal.printCitations(data.message)
    terminal.printReceipt(data.message)
    return data.message
  }
  throw new Error('The answer broke off.')
}

function providerSettings(): Record<string, string> {
  const isProvider = /^(?:OPENROUTER|OPENAI|OLLAMA)_|^FREEHOLD_DEFAULT_MODEL$/
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value !== undefined && isProvider.test(name) ? [[name, value]] : [],
    ),
  )
}

/** Aborts on the first signal, which ends the demonstration in order; a second one ends it at once. */
function stopOnSignals(server: ServerProcess): AbortSignal {
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(130)
      controller.abort()
      // A server that is still starting has no request to abort.
      server.stop().catch(() => {})
    })
  }
  return controller.signal
}

/** What went wrong; of a connection that failed, the cause says more than the error. */
function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message
}

process.exitCode = await main()
