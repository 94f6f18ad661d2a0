import { diffLines, diffWordsWithSpace } from 'diff'
import type { PromptVersion } from '../../app/api-types.ts'
import { roleNames } from './template.ts'

export interface DiffPart {
  text: string
  changed: boolean
}

export interface DiffLine {
  number: number
  parts: DiffPart[]
}

/** A line that both have, or what stands in one where the other has something else or nothing. */
export interface DiffRow {
  same: boolean
  before: DiffLine | null
  after: DiffLine | null
}

/** All that a version says, as a text to compare. */
export function textOf({ messages, variables, model, parameters }: PromptVersion): string {
  const said = messages.map(({ role, content }) => `[${roleNames[role]}]\n${content}\n`)
  const defaults = variables
    .filter((variable) => variable.default !== null || variable.description !== '')
    .map(({ name, default: standIn, description }) =>
      `${name} = ${standIn ?? '(a call must say it)'}  ${description}`.trimEnd(),
    )
  return [
    ...said,
    `[Model]\n${model ?? 'the default'}\n`,
    ...(defaults.length === 0 ? [] : [`[Variables]\n${defaults.join('\n')}\n`]),
    ...(Object.keys(parameters).length === 0
      ? []
      : [`[Parameters]\n${JSON.stringify(sorted(parameters), null, 2)}\n`]),
  ].join('\n')
}

/** The order of fields says nothing, so it is no difference. */
function sorted(parameters: PromptVersion['parameters']): Record<string, unknown> {
  return Object.fromEntries(Object.entries(parameters).sort(([one], [other]) => (one < other ? -1 : 1)))
}

/** Two texts line by line; of lines that took each other's place, the words that differ. */
export function diffRows(before: string, after: string): DiffRow[] {
  const rows: DiffRow[] = []
  let [left, right] = [0, 0]
  const changes = diffLines(before, after)
  for (let at = 0; at < changes.length; at++) {
    const change = changes[at]
    const next = changes[at + 1]
    if (!change) break
    if (!change.added && !change.removed) {
      for (const text of linesOf(change.value)) {
        left += 1
        right += 1
        const parts = [{ text, changed: false }]
        rows.push({ same: true, before: { number: left, parts }, after: { number: right, parts } })
      }
      continue
    }
    const swapped = change.removed && next?.added === true
    const gone = change.removed ? linesOf(change.value) : []
    const come = change.added ? linesOf(change.value) : swapped ? linesOf(next.value) : []
    if (swapped) at += 1
    for (let line = 0; line < Math.max(gone.length, come.length); line++) {
      const [old, fresh] = [gone[line], come[line]]
      const words = old === undefined || fresh === undefined ? null : compareWords(old, fresh)
      rows.push({
        same: false,
        before:
          old === undefined
            ? null
            : { number: ++left, parts: words?.before ?? [{ text: old, changed: true }] },
        after:
          fresh === undefined
            ? null
            : { number: ++right, parts: words?.after ?? [{ text: fresh, changed: true }] },
      })
    }
  }
  return rows
}

function compareWords(before: string, after: string): { before: DiffPart[]; after: DiffPart[] } {
  const parts = diffWordsWithSpace(before, after)
  const side = (skip: 'added' | 'removed') =>
    parts
      .filter((part) => !part[skip])
      .map(({ value, added, removed }) => ({ text: value, changed: added || removed }))
  return { before: side('added'), after: side('removed') }
}

function linesOf(value: string): string[] {
  return value.replace(/\n$/, '').split('\n')
}
