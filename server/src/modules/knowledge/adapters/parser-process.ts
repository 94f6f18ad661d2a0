import { type ChildProcess, fork } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AppError } from '../../../platform/errors.ts'
import { parserCrashed, parserOutOfMemory, parseTimedOut } from '../errors.ts'
import type { Block, ParsedDocument } from '../rules/parsed-document.ts'
import type { ParsedFacts, ParserJob, ParserMessage, PlacedBlock } from './parser-messages.ts'
import { DEFAULT_PARSER_LIMITS, type ParserLimits, type ParserProgress } from './parsers/parser-limits.ts'

/**
 * Reads documents in a process of their own, one each. A document is hostile until read: it may hang a parser, fill
 * its memory or break it, and must do that to nothing else.
 *
 * The process has an empty environment, so no secret is in it; Node's permission model lets it read the program and
 * the one file, and write, start or load nothing; its heap is bounded, its resident memory watched where the system
 * tells it (Linux), its time measured. It starts in about 100 ms, mostly Node's own.
 *
 * States: running → settled, by the first of: done, refused, broken, exit, timeout, too much memory, abort.
 * Invariant: once settled the process is killed, or has ended, and no timer is left.
 */
export interface ParseRequest {
  path: string
  /** As the client named the file; for kinds of text and for error messages. */
  fileName: string
  declaredMediaType: string | null
  /** A page from the web is read for its article alone. */
  isFromWeb?: boolean
  /** What is not given stays at DEFAULT_PARSER_LIMITS. */
  limits?: Partial<ParserLimits>
  onProgress?: (progress: ParserProgress) => void
  signal?: AbortSignal
}

const PROGRAM = fileURLToPath(new URL('./parser-child.ts', import.meta.url))
const SOURCES = fileURLToPath(new URL('../../../', import.meta.url))
const MEMORY_CHECK_MS = 200
const STDERR_CHARACTERS = 4_000
const OUT_OF_MEMORY =
  /heap out of memory|Array buffer allocation failed|invalid array length|allocation failed/i

/**
 * Reads the file at `path`. Throws one of this module's errors, which tell what is wrong with the document and what to
 * do, or the signal's reason. What the parser said when it broke is in the error's cause.
 * @param program the process' program; tests pass ones that break down
 */
export async function parseDocument(
  request: ParseRequest,
  program: string = PROGRAM,
): Promise<ParsedDocument> {
  request.signal?.throwIfAborted()
  const limits = { ...DEFAULT_PARSER_LIMITS, ...request.limits }
  const { path, fileName, declaredMediaType, isFromWeb = false } = request
  const child = startChild(program, path, limits)
  try {
    child.send({ path, fileName, declaredMediaType, isFromWeb, limits } satisfies ParserJob)
    return await collect(child, limits, request)
  } finally {
    child.kill('SIGKILL')
  }
}

function startChild(program: string, path: string, limits: ParserLimits): ChildProcess {
  return fork(program, [], {
    env: {},
    execArgv: [
      `--max-old-space-size=${limits.heapLimitMegabytes}`,
      '--no-warnings',
      '--permission',
      ...[SOURCES, program, ...programFolders(), path].map((allowed) => `--allow-fs-read=${allowed}`),
    ],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
}

/** Everywhere that Node looks for packages and their descriptions from here. */
function programFolders(): string[] {
  const folders: string[] = []
  for (let folder = dirname(PROGRAM); ; folder = dirname(folder)) {
    folders.push(join(folder, 'node_modules'), join(folder, 'package.json'))
    if (folder === dirname(folder)) return folders
  }
}

function collect(child: ChildProcess, limits: ParserLimits, request: ParseRequest): Promise<ParsedDocument> {
  const { signal, onProgress } = request
  return new Promise((resolve, reject) => {
    const text: string[] = []
    const blocks: PlacedBlock[] = []
    let errorOutput = ''
    let reading: ParserProgress | undefined
    const settle = (finish: () => void): void => {
      clearTimeout(timeout)
      clearInterval(memoryCheck)
      signal?.removeEventListener('abort', abort)
      finish()
    }
    const fail = (error: unknown): void => settle(() => reject(atPage(error, reading)))
    const abort = (): void => fail(signal?.reason)
    const timeout = setTimeout(() => {
      fail(parseTimedOut({ details: { timeoutMs: limits.timeoutMs } }))
    }, limits.timeoutMs)
    const memoryCheck = setInterval(() => {
      void residentMegabytes(child.pid).then((megabytes) => {
        if (megabytes > limits.residentLimitMegabytes) fail(outOfMemory(limits))
      })
    }, MEMORY_CHECK_MS)
    signal?.addEventListener('abort', abort, { once: true })

    child.on('message', (message: ParserMessage) => {
      switch (message.type) {
        case 'progress':
          reading = message.progress
          onProgress?.(message.progress)
          return
        case 'text':
          text.push(message.part)
          return
        case 'blocks':
          blocks.push(...message.part)
          return
        case 'done':
          settle(() => resolve(assemble(message.facts, text.join(''), blocks)))
          return
        case 'refused':
          fail(rebuildError(message))
          return
        case 'broken':
          fail(OUT_OF_MEMORY.test(message.reason) ? outOfMemory(limits) : crashed(message.reason))
      }
    })
    child.stderr?.setEncoding('utf8').on('data', (part: string) => {
      errorOutput = (errorOutput + part).slice(-STDERR_CHARACTERS)
    })
    child.on('error', fail)
    // 'close' comes after everything the process wrote has been read.
    child.on('close', (code, killedBy) => {
      fail(
        OUT_OF_MEMORY.test(errorOutput)
          ? outOfMemory(limits)
          : crashed(`${killedBy ?? code}: ${errorOutput}`),
      )
    })
  })
}

function assemble(facts: ParsedFacts, text: string, placed: readonly PlacedBlock[]): ParsedDocument {
  const blocks: Block[] = placed.map((block) => ({
    ...block,
    text: text.slice(block.startOffset, block.endOffset),
  }))
  return { ...facts, text, blocks }
}

/** What went wrong while pages were read went wrong after the last that was told. */
function atPage(error: unknown, reading: ParserProgress | undefined): unknown {
  if (!(error instanceof AppError) || reading === undefined || reading.done >= reading.total) return error
  if (error.details.page !== undefined) return error
  const { code, status, message, details, cause } = error
  return new AppError(code, status, message, { details: { ...details, page: reading.done + 1 }, cause })
}

/** An error crosses the process as data. */
function rebuildError(message: Extract<ParserMessage, { type: 'refused' }>): AppError {
  const { code, status, details, reason } = message
  return new AppError(code, status, message.message, { details, cause: new Error(reason) })
}

const outOfMemory = (limits: ParserLimits): AppError =>
  parserOutOfMemory({
    details: {
      heapLimitMegabytes: limits.heapLimitMegabytes,
      residentLimitMegabytes: limits.residentLimitMegabytes,
    },
  })

const crashed = (reason: string): AppError => parserCrashed({ cause: new Error(reason) })

/** The resident memory of a process where the system tells it, else 0. */
async function residentMegabytes(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024
}
