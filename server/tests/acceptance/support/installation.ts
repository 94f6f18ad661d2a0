import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createScratchDatabase, type ScratchDatabase } from './scratch-database.ts'

const repository = path.join(import.meta.dirname, '../../../..')
const program = path.join(repository, 'server/src/app/cli.ts')
const readyWithinMs = 85_000

export type Environment = Readonly<Record<string, string>>

export interface Exit {
  code: number | null
  signal: NodeJS.Signals | null
  /** From the signal to the end of the process. */
  tookMs: number
}

/**
 * One installation of the program: a data directory, on request a PostgreSQL database, and the server processes that
 * run on them one after another, as an operator runs them.
 */
export interface Installation {
  readonly dataDir: string
  readonly kind: 'embedded' | 'postgres'
  /** Where the running process listens; another port after each start. */
  readonly url: string
  readonly processId: number
  /** The settings that every process of this installation gets. */
  readonly environment: Environment
  /** Everything its processes have written so far. */
  log(): string
  /** Starts a process and waits until it says that it is ready. */
  start(environment?: Environment): Promise<void>
  /** Ends the running process at once, as a crash or the kernel would. */
  kill(): Promise<Exit>
  /** Asks the running process to stop. */
  stop(): Promise<Exit>
  /** Ends what runs and removes every trace. */
  dispose(): Promise<void>
}

export const onPostgres = process.env.FREEHOLD_TEST_DATABASE === 'postgres'

/**
 * A new installation, not yet started. With FREEHOLD_TEST_DATABASE=postgres on a fresh database of DATABASE_URL's server,
 * or on the one that the settings name: then it is one more node of whoever made that.
 */
export async function createInstallation(settings: Environment = {}): Promise<Installation> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'freehold-acceptance-'))
  const database =
    onPostgres && settings.DATABASE_URL === undefined ? await createScratchDatabase() : undefined
  const environment = { ...basicEnvironment(dataDir, database), ...settings }
  let log = ''
  let child: ChildProcess | undefined
  let url = ''

  const running = (): ChildProcess => {
    if (child === undefined) throw new Error('No process of this installation is running.')
    return child
  }
  async function end(signal: NodeJS.Signals): Promise<Exit> {
    const ending = running()
    const beganMs = performance.now()
    const exited = exitOf(ending)
    ending.kill(signal)
    const exit = await exited
    child = undefined
    return { ...exit, tookMs: performance.now() - beganMs }
  }

  return {
    dataDir,
    kind: onPostgres ? 'postgres' : 'embedded',
    environment,
    get url() {
      running()
      return url
    },
    get processId() {
      return running().pid ?? 0
    },
    log: () => log,
    async start(more = {}) {
      if (child !== undefined) throw new Error('A process of this installation is running already.')
      const starting = spawnProgram(['start'], { ...environment, ...more })
      child = starting
      let output = ''
      const ready = Promise.withResolvers<string>()
      const take = (piece: string): void => {
        log += piece
        output += piece
        const found = readyUrl(output)
        if (found !== undefined) ready.resolve(found)
      }
      starting.stdout?.setEncoding('utf8').on('data', take)
      starting.stderr?.setEncoding('utf8').on('data', take)
      const refuse = (why: string) => ready.reject(new Error(`The server ${why}. It wrote:\n${output}`))
      starting.once('exit', (code, signal) => refuse(`ended (${signal ?? code}) before it was ready`))
      const timer = setTimeout(() => refuse(`was not ready within ${readyWithinMs} ms`), readyWithinMs)
      try {
        url = await ready.promise
      } catch (error) {
        child = undefined
        starting.kill('SIGKILL')
        throw error
      } finally {
        clearTimeout(timer)
      }
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    async dispose() {
      if (child !== undefined) await end('SIGKILL')
      await database?.drop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** A new installation with its first process ready. */
export async function startInstallation(settings: Environment = {}): Promise<Installation> {
  const installation = await createInstallation(settings)
  try {
    await installation.start()
    return installation
  } catch (error) {
    await installation.dispose()
    throw error
  }
}

/** Runs a command of the program to its end, with something on its standard input. */
export async function runCommand(
  command: readonly string[],
  settings: Environment = {},
  input = '',
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawnProgram(command, { ...systemEnvironment(), ...settings })
  child.stdin?.on('error', () => {}) // a command that reads nothing may have ended
  child.stdin?.end(input)
  let stdout = ''
  let stderr = ''
  child.stdout?.setEncoding('utf8').on('data', (piece: string) => {
    stdout += piece
  })
  child.stderr?.setEncoding('utf8').on('data', (piece: string) => {
    stderr += piece
  })
  const stuck = setTimeout(() => child.kill('SIGKILL'), readyWithinMs)
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  clearTimeout(stuck)
  return { code, stdout, stderr }
}

function spawnProgram(command: readonly string[], environment: Environment): ChildProcess {
  return spawn(process.execPath, [program, ...command], {
    cwd: tmpdir(),
    env: environment,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
}

/** Nothing of this process' own settings gets through: a key in the shell must not change what is tested. */
function systemEnvironment(): Environment {
  const names = ['PATH', 'HOME', 'TMPDIR']
  return Object.fromEntries(
    names.map((name) => [name, process.env[name] ?? '']).filter(([, value]) => value !== ''),
  )
}

function basicEnvironment(dataDir: string, database: ScratchDatabase | undefined): Environment {
  const basic = {
    ...systemEnvironment(),
    PORT: '0',
    FREEHOLD_DATA_DIR: dataDir,
    FREEHOLD_BREACHED_PASSWORDS_URL: 'off',
  }
  if (database === undefined) return basic
  return {
    ...basic,
    DATABASE_URL: database.url,
    FREEHOLD_MASTER_KEY: randomBytes(32).toString('base64'),
    ...(process.env.REDIS_URL === undefined ? {} : { REDIS_URL: process.env.REDIS_URL }),
    // Several installations share one Valkey here, so each person comes from an address of their own.
    FREEHOLD_TRUST_PROXY: 'true',
  }
}

function exitOf(child: ChildProcess): Promise<Omit<Exit, 'tookMs'>> {
  if (child.exitCode !== null || child.signalCode !== null) {
    return Promise.resolve({ code: child.exitCode, signal: child.signalCode })
  }
  return new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })))
}

/** Where the process listens, from the log line that says that it is ready. */
function readyUrl(output: string): string | undefined {
  const line = output.split('\n').find((one) => one.includes('Freehold is ready at') && one.endsWith('}'))
  if (line === undefined) return undefined
  // Not its `url`, which is where people reach it and may be a proxy's.
  const { port }: { port?: unknown } = JSON.parse(line)
  return typeof port === 'number' ? `http://localhost:${port}` : undefined
}
