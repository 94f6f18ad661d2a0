import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { findPii } from '../server/src/modules/guardrails/rules/find-pii.ts'
import { scoreInjection } from '../server/src/modules/guardrails/rules/injection.ts'
import { piiKinds } from '../server/src/modules/guardrails/rules/pii-kinds.ts'
import { initialPolicy } from '../server/src/modules/guardrails/rules/policy.ts'
import { readDocumentSets, readTestSets } from './detector/train-sets.ts'
import { type Figure, percentile, round } from './figure.ts'

const suite = 'guardrails'
const rounds = 5
const textLine = z.object({ kind: z.string(), text: z.string() })
const piiLine = z.object({
  text: z.string(),
  spans: z.array(z.tuple([z.enum(piiKinds), z.number(), z.number()])),
})

/** What the detectors find of the labelled sets beside this file, what they find that is none, and how long they take. */
export async function measureGuardrails(): Promise<Figure[]> {
  const attacks = readLines('attacks', textLine)
  const benign = readLines('benign', textLine)
  const { threshold } = initialPolicy.injection
  const isAttack = ({ text }: { text: string }) => scoreInjection(text) >= threshold
  const figures: Figure[] = []
  for (const [half, name] of [
    [0, 'tuned on'],
    [1, 'held out'],
  ] as const) {
    const isOfHalf = (_: unknown, index: number) => index % 2 === half
    // Only what the weights have not seen says anything.
    const target =
      half === 1 ? ({ recall: { target: 80, atLeast: true }, alarms: { target: 5 } } as const) : undefined
    const recall = share(attacks.filter(isOfHalf).map(isAttack))
    const alarms = share(benign.filter(isOfHalf).map(isAttack))
    figures.push({ suite, name: `attacks found (${name})`, value: recall, unit: '%', ...target?.recall })
    figures.push({ suite, name: `false alarms (${name})`, value: alarms, unit: '%', ...target?.alarms })
  }
  for (const { name, samples } of [...readTestSets(), ...readDocumentSets()]) {
    if (name === 'held out') continue
    for (const label of [1, 0] as const) {
      const ofLabel = samples.filter((sample) => sample.label === label)
      if (ofLabel.length === 0) continue
      const found = { suite, value: share(ofLabel.map(isAttack)), unit: '%' } as const
      const count = ofLabel.length.toLocaleString('en')
      figures.push(
        label === 1
          ? { ...found, name: `${name}: found of ${count}`, target: 80, atLeast: true }
          : { ...found, name: `${name}: false alarms of ${count}`, target: 5 },
      )
    }
  }
  const all = [...attacks, ...benign].map(({ text }) => text)
  figures.push({ suite, name: 'injection, p95', value: p95(all, scoreInjection), unit: 'ms', target: 20 })
  const long = all.join('\n').slice(0, 10_000)
  figures.push({
    suite,
    name: 'injection, 10,000 characters, p95',
    value: p95(Array(20).fill(long), scoreInjection),
    unit: 'ms',
    target: 20,
  })

  const personal = readLines('pii', piiLine)
  const named = (kind: string, start: number, end: number) => `${kind} ${start} ${end}`
  let found = 0
  let right = 0
  let wanted = 0
  for (const { text, spans } of personal) {
    const expected = new Set(spans.map(([kind, start, end]) => named(kind, start, end)))
    const matches = findPii(text, piiKinds)
    found += matches.length
    wanted += expected.size
    right += matches.filter(({ kind, start, end }) => expected.has(named(kind, start, end))).length
  }
  figures.push({
    suite,
    name: 'personal data found',
    value: percent(right, wanted),
    unit: '%',
    target: 98,
    atLeast: true,
  })
  figures.push({
    suite,
    name: 'personal data, right of what was found',
    value: percent(right, found),
    unit: '%',
    target: 98,
    atLeast: true,
  })
  const texts = personal.map(({ text }) => text)
  figures.push({
    suite,
    name: 'personal data, p95',
    value: p95(texts, (text) => findPii(text, piiKinds)),
    unit: 'ms',
    target: 20,
  })
  return figures
}

function readLines<Line>(name: string, schema: z.ZodType<Line>): Line[] {
  const file = new URL(`guardrails/${name}.jsonl`, import.meta.url)
  const lines = readFileSync(file, 'utf8').trim().split('\n')
  return lines.map((line) => schema.parse(JSON.parse(line)))
}

function share(verdicts: readonly boolean[]): number {
  return percent(verdicts.filter(Boolean).length, verdicts.length)
}

function percent(part: number, whole: number): number {
  return Math.round((part / whole) * 1_000) / 10
}

function p95(texts: readonly string[], work: (text: string) => unknown): number {
  const tookMs: number[] = []
  // The first round is for the compiler.
  for (let index = 0; index <= rounds; index++) {
    for (const text of texts) {
      const startedMs = performance.now()
      work(text)
      if (index > 0) tookMs.push(performance.now() - startedMs)
    }
  }
  return round(percentile(tookMs, 0.95), 'ms')
}
