import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { fromMarkdown } from 'mdast-util-from-markdown'
import { gfmFromMarkdown } from 'mdast-util-gfm'
import { gfm } from 'micromark-extension-gfm'

export const root = path.join(import.meta.dirname, '../../../..')

/** A Markdown file, taken apart. Lines count from 1. */
export interface Document {
  /** From the root of the repository. */
  readonly path: string
  readonly source: string
  /** `code` in a line of text. */
  readonly spans: readonly Piece[]
  /** Fenced code, with the language after the fence. */
  readonly blocks: readonly (Piece & { language: string })[]
  /** Where links and pictures lead, those of HTML included. */
  readonly links: readonly Piece[]
  /** What `#…` may name. */
  readonly anchors: ReadonlySet<string>
  readonly headings: readonly string[]
}

export interface Piece {
  readonly text: string
  readonly line: number
}

/** What the walk below needs of any Markdown node. */
interface Node {
  type: string
  value?: string | undefined
  url?: string | undefined
  lang?: string | null | undefined
  children?: Node[] | undefined
  position?: { start: { line: number } } | undefined
}

export function parseDocument(file: string, source: string): Document {
  const spans: Piece[] = []
  const blocks: (Piece & { language: string })[] = []
  const links: Piece[] = []
  const headings: string[] = []
  const visit = (node: Node): void => {
    const line = node.position?.start.line ?? 1
    const text = node.value ?? ''
    if (node.type === 'inlineCode') spans.push({ text, line })
    if (node.type === 'code') blocks.push({ text, line, language: node.lang ?? '' })
    if (['link', 'image', 'definition'].includes(node.type)) links.push({ text: node.url ?? '', line })
    if (node.type === 'html') {
      for (const match of text.matchAll(/(?:src|srcset|href)="([^"]*)"/g))
        links.push({ text: match[1] ?? '', line })
    }
    if (node.type === 'heading') headings.push(textOf(node))
    for (const child of node.children ?? []) visit(child)
  }
  visit(fromMarkdown(source, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] }))
  return { path: file, source, spans, blocks, links, headings, anchors: anchorsOf(headings) }
}

function textOf(node: Node): string {
  return node.value ?? (node.children ?? []).map(textOf).join('')
}

/** As GitHub makes them: lower case, punctuation gone, spaces to hyphens, repeated ones numbered. */
function anchorsOf(headings: readonly string[]): ReadonlySet<string> {
  const anchors = new Set<string>()
  for (const heading of headings) {
    const name = heading
      .toLowerCase()
      .replaceAll(/[^\p{Letter}\p{Number}\p{Mark} _-]/gu, '')
      .replaceAll(' ', '-')
    let anchor = name
    for (let again = 1; anchors.has(anchor); again++) anchor = `${name}-${again}`
    anchors.add(anchor)
  }
  return anchors
}

/** Made by installing, building or running: not part of the repository. */
const made = new Set('node_modules dist data coverage test-results shots .git .services .cache'.split(' '))

/** Every file and folder of the repository, folders with a slash at their end. */
export async function listTree(): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  const walk = async (folder: string): Promise<void> => {
    for (const entry of await readdir(path.join(root, folder), { withFileTypes: true })) {
      if (made.has(entry.name)) continue
      const name = `${folder}${entry.name}`
      found.add(entry.isDirectory() ? `${name}/` : name)
      if (entry.isDirectory()) await walk(`${name}/`)
    }
  }
  await walk('')
  return found
}

export async function readDocuments(tree: ReadonlySet<string>): Promise<Document[]> {
  const files = [...tree].filter((file) => file.endsWith('.md')).sort()
  return Promise.all(
    files.map(async (file) => parseDocument(file, await readFile(path.join(root, file), 'utf8'))),
  )
}
