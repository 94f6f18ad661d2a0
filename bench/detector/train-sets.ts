import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { makeTexts } from './made-texts.ts'
import { nearDuplicatesOf } from './near-duplicates.ts'
import { digest, readSource, type Sample } from './read-source.ts'
import { sources } from './sources.ts'

export interface TextSet {
  readonly name: string
  readonly samples: readonly Sample[]
}

const root = path.join(import.meta.dirname, '../..')
const madeEach = 1_500
const free = /^(?:MIT|ISC|Apache-2\.0|BSD.*)$/

/** What the detector learns from, without whatever is nearly a text of the sets it is measured with. */
export function readTrainSets(random: () => number): { sets: TextSet[]; removed: Map<string, number> } {
  const publicSets = sources
    .filter(({ role, setting }) => role === 'train' && setting === undefined)
    .map((source) => {
      const samples = readSource(source)
      if (!samples) throw new Error(`no clone of ${source.repository}`)
      return { name: source.name, samples }
    })
  const docs = choose(paragraphsOf(path.join(root, 'docs')), 500)
  const packages = choose(readmes(), 800)
  const carriers = [...docs.slice(0, 300), ...packages.slice(0, 300)].map(({ text }) => text)
  const sets: TextSet[] = [
    ...publicSets,
    { name: 'documents of the project', samples: docs },
    { name: 'descriptions of packages', samples: packages },
    { name: 'made attacks', samples: makeTexts(madeEach, 1, carriers, random) },
    { name: 'made harmless', samples: makeTexts(madeEach, 0, carriers, random) },
    { name: 'our attacks', samples: readOwn('attacks', 0) },
    { name: 'our harmless', samples: readOwn('benign', 0) },
  ]
  const isNearTest = nearDuplicatesOf(
    readTestSets().flatMap(({ samples }) => samples.map(({ text }) => text)),
  )
  const removed = new Map<string, number>()
  const kept = sets.map(({ name, samples }) => {
    const left = samples.filter(({ text }) => !isNearTest(text))
    removed.set(name, samples.length - left.length)
    return { name, samples: left }
  })
  return { sets: kept, removed }
}

/** What it is measured with, as far as there are clones. */
export function readTestSets(): TextSet[] {
  const found = sources
    .filter(({ role, setting }) => role === 'test' && setting === undefined)
    .map((source) => ({
      name: source.name.replace(/, (?:one|two|three)$/, ''),
      samples: readSource(source) ?? [],
    }))
  const sets = new Map<string, Sample[]>()
  for (const { name, samples } of found) sets.set(name, [...(sets.get(name) ?? []), ...samples])
  return [
    ...[...sets].map(([name, samples]) => ({ name, samples })),
    { name: 'held out', samples: [...readOwn('attacks', 1), ...readOwn('benign', 1)] },
  ].filter(({ samples }) => samples.length > 0)
}

/** Every second line, as in bench/guardrails.ts. */
function readOwn(name: 'attacks' | 'benign', half: 0 | 1): Sample[] {
  const lines = readFileSync(path.join(root, `bench/guardrails/${name}.jsonl`), 'utf8')
    .trim()
    .split('\n')
  return lines
    .filter((_, index) => index % 2 === half)
    .map((line) => {
      const { text } = JSON.parse(line) as { text: string } // our own file, which bench/guardrails.ts checks
      return { text, label: name === 'attacks' ? 1 : 0 }
    })
}

function paragraphsOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md') && !/guardrails|detector|guards|injection/.test(name))
    .flatMap((name) => readFileSync(path.join(folder, name), 'utf8').split(/\n\s*\n/))
    .filter((paragraph) => paragraph.length > 80)
}

function readmes(): string[] {
  const folder = path.join(root, 'node_modules')
  return readdirSync(folder).flatMap((name) => {
    try {
      const manifest = readFileSync(path.join(folder, name, 'package.json'), 'utf8')
      const { license } = JSON.parse(manifest) as { license?: unknown } // what npm installed
      if (!free.test(String(license))) return []
      const paragraphs = readFileSync(path.join(folder, name, 'README.md'), 'utf8').split(/\n\s*\n/)
      return paragraphs.filter((paragraph) => paragraph.length > 100).slice(0, 6)
    } catch {
      // A folder that holds scopes, or a package without a description.
      return []
    }
  })
}

function choose(texts: readonly string[], most: number): Sample[] {
  return texts
    .map((text): Sample => ({ text: text.slice(0, 1_500), label: 0 }))
    .sort((one, other) => (digest(one.text) < digest(other.text) ? -1 : 1))
    .slice(0, most)
}

/** BIPIA as it is meant: what a tool brought, as it is and with an order in the middle or at the end. */
export function readDocumentSets(): TextSet[] {
  const read = (name: string) => {
    const source = sources.find((one) => one.name === `BIPIA ${name}, test`)
    return (source && readSource(source)) ?? []
  }
  return (['email', 'table', 'code'] as const)
    .map((kind) => {
      const contexts = read(kind)
      const attacks = read(kind === 'code' ? 'code attacks' : 'text attacks')
      const injected = attacks.map(({ text }, index): Sample => {
        const context = contexts[index % contexts.length]?.text ?? ''
        const lines = context.split('\n')
        const at = index % 2 === 0 ? lines.length : Math.floor(lines.length / 2)
        return { text: lines.toSpliced(at, 0, text).join('\n'), label: 1 }
      })
      return { name: `BIPIA, orders in ${kind}`, samples: [...contexts, ...injected] }
    })
    .filter(({ samples }) => samples.length > 0)
}
