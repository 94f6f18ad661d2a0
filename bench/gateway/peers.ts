import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { createServer } from 'node:net'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

const portkey = '@portkey-ai/gateway@1.15.2'
/** Outside of the product's own packages, which it is no part of. */
const cache = path.join(import.meta.dirname, '../../node_modules/.cache/freehold-bench')

export interface Process {
  readonly url: string
  readonly pid: number
  stop(): Promise<void>
}

const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** Starts a program of the bench, which writes its port. @param name its path under `bench` */
export async function startProgram(name: string, ...args: string[]): Promise<Process> {
  const file = path.join(import.meta.dirname, '..', name)
  const child = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  running.add(child)
  const [port] = await once(createInterface({ input: child.stdout }), 'line')
  return asProcess(child, Number(port))
}

/** Starts Portkey's gateway, brought by npm at the first time. @throws when npm cannot bring it */
export async function startPortkey(): Promise<Process> {
  await mkdir(cache, { recursive: true })
  const options = ['--no-audit', '--no-fund', '--no-save', '--ignore-scripts', '--prefix', cache]
  await promisify(execFile)('npm', ['install', ...options, portkey], { timeout: 240_000 })
  const port = await freePort()
  const file = path.join(cache, 'node_modules/@portkey-ai/gateway/build/start-server.js')
  const child = spawn(process.execPath, [file, `--port=${port}`, '--headless'], {
    stdio: 'ignore',
    env: { ...process.env, NODE_ENV: 'production' },
  })
  running.add(child)
  const started = asProcess(child, port)
  for (let tries = 0; tries < 200; tries++) {
    const answer = await fetch(started.url).catch(() => undefined)
    if (answer?.ok) return started
    await sleep(100)
  }
  await started.stop()
  throw new Error('Portkey’s gateway did not start.')
}

function asProcess(child: ChildProcess, port: number): Process {
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid ?? -1,
    async stop() {
      running.delete(child)
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('There is no free port.')
  return address.port
}
