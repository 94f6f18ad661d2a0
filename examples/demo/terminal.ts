import { styleText } from 'node:util'
import type { Document, Message } from './api-client.ts'

/** What the demonstration prints. Colours and lines that change in place are for terminals; NO_COLOR is respected. */

type Style = Parameters<typeof styleText>[0]

const output = process.stdout
const isTerminal = output.isTTY === true
const width = Math.min(output.columns ?? 100, 100)
const indent = '   '

export function style(format: Style, text: string): string {
  return styleText(format, text, { stream: output })
}

export function printLine(text = ''): void {
  output.write(`${text}\n`)
}

/** A step that is done, with how long it took. */
export function printStep(text: string, tookMs: number): void {
  const time = seconds(tookMs)
  const gap = ' '.repeat(Math.max(2, width - text.length - time.length - 4))
  printLine(`${style('green', '✓')} ${text}${gap}${style('dim', time)}`)
}

/** The state of a document while it is read: in place on a terminal, a line for each new state elsewhere. */
export function createProgressLine(): { show(document: Document): void; end(): void } {
  let lastStatus = ''
  return {
    show(document) {
      const { done, total, unit } = document.progress
      const counted = total === null ? '' : ` ${done}/${total} ${unit}`
      const text = `  ${document.name}: ${document.status}${counted}`
      if (isTerminal) output.write(`\r\x1b[K${style('dim', text)}`)
      else if (document.status !== lastStatus && document.status !== 'ready') printLine(text)
      lastStatus = document.status
    },
    end() {
      if (isTerminal) output.write('\r\x1b[K')
    },
  }
}

/** Prints text as it comes, broken between words and indented. */
export function createTextWriter(): { write(text: string): void; end(): void } {
  let column = 0
  let word = ''
  const endWord = () => {
    if (word === '') return
    if (column > 0 && column + 1 + word.length > width) newLine()
    const before = column === 0 ? indent : ' '
    output.write(before + word)
    column += before.length + word.length
    word = ''
  }
  const newLine = () => {
    output.write('\n')
    column = 0
  }
  return {
    write(text) {
      for (const character of text) {
        if (character === '\n' || character === ' ') endWord()
        // Control characters of a document must not reach the terminal.
        else if (!/\p{Cc}/u.test(character)) word += character
        if (character === '\n') newLine()
      }
    },
    end() {
      endWord()
      if (column > 0) newLine()
    },
  }
}

/** Where the answer is from: one line for each passage that it refers to. */
export function printCitations(message: Message): void {
  for (const { marker, documentName, page, heading } of message.citations) {
    const place = [
      documentName,
      page === null ? undefined : `page ${page}`,
      heading ? `“${heading}”` : undefined,
    ]
    printLine(`${indent}${style('cyan', `[${marker}]`)} ${place.filter(Boolean).join(', ')}`)
  }
}

/** What the answer cost. */
export function printReceipt(message: Message): void {
  const { receipt } = message
  if (!receipt) return
  const model = receipt.isLanguageModel ? receipt.model : `${receipt.model} (no language model: it quotes)`
  const firstToken =
    receipt.timeToFirstTokenMs === null ? '' : `, first token after ${receipt.timeToFirstTokenMs} ms`
  const parts = [
    model,
    `${receipt.promptTokens} + ${receipt.completionTokens} tokens`,
    `$${receipt.costUsd}`,
    `${receipt.latencyMs} ms${firstToken}`,
  ]
  printLine(`${indent}${style('dim', parts.join(' · '))}`)
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}
