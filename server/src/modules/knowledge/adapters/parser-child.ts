import { readFile } from 'node:fs/promises'
import { setPriority } from 'node:os'
import { AppError } from '../../../platform/errors.ts'
import type { ParserJob, ParserMessage } from './parser-messages.ts'
import { parseBytes } from './parsers/parse-bytes.ts'

/**
 * The parser process: reads one document from outside and ends. It has an empty environment, may read the program and
 * that one file, and nothing else; see parser-process.ts, which starts and bounds it.
 */

/** Parts are small, so that the server's event loop is never held up by taking one in. */
const TEXT_PART_CHARACTERS = 256 * 1024
const BLOCKS_PART = 500
const PROCESS_NICENESS = 10
/** Progress is for people: more often than this tells them nothing. */
const PROGRESS_INTERVAL_MS = 50

function send(message: ParserMessage): Promise<void> {
  return new Promise((resolve, reject) => {
    if (process.send === undefined) reject(new Error('started without a channel'))
    else process.send(message, undefined, {}, (error) => (error === null ? resolve() : reject(error)))
  })
}

async function parse(job: ParserJob): Promise<void> {
  let lastProgress = Number.NEGATIVE_INFINITY
  const document = await parseBytes(
    {
      bytes: new Uint8Array(await readFile(job.path)),
      fileName: job.fileName,
      declaredMediaType: job.declaredMediaType,
      isFromWeb: job.isFromWeb,
    },
    {
      limits: job.limits,
      onProgress: (progress) => {
        const now = performance.now()
        if (now - lastProgress < PROGRESS_INTERVAL_MS && progress.done < progress.total) return
        lastProgress = now
        process.send?.({ type: 'progress', progress } satisfies ParserMessage)
      },
    },
  )
  for (let at = 0; at < document.text.length; at += TEXT_PART_CHARACTERS) {
    await send({ type: 'text', part: document.text.slice(at, at + TEXT_PART_CHARACTERS) })
  }
  for (let at = 0; at < document.blocks.length; at += BLOCKS_PART) {
    const part = document.blocks.slice(at, at + BLOCKS_PART).map(({ text: _, ...placed }) => placed)
    await send({ type: 'blocks', part })
  }
  const { text, blocks: _, ...facts } = document
  const { detectLanguage } = await import('./parsers/detect-language.ts')
  await send({ type: 'done', facts: { ...facts, language: detectLanguage(text) } })
}

async function report(error: unknown): Promise<void> {
  const reason = error instanceof Error ? describe(error) : String(error)
  if (error instanceof AppError) {
    const { code, status, message, details } = error
    await send({ type: 'refused', code, status, message, details, reason })
  } else {
    await send({ type: 'broken', reason })
  }
}

function describe(error: Error): string {
  const own = error.stack ?? error.message
  return error.cause instanceof Error ? `${own}\ncaused by ${error.cause.stack ?? error.cause.message}` : own
}

if (process.send !== undefined) {
  setPriority(PROCESS_NICENESS)
  process.once('message', (job: ParserJob) => {
    parse(job)
      .catch(report)
      .finally(() => process.exit())
  })
  // The server is gone: nobody waits for an answer.
  process.once('disconnect', () => process.exit())
}
