import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { injectionWindows, readingsOf } from '../../server/src/modules/guardrails/rules/injection.ts'
import { scaleExpressions } from '../../server/src/modules/guardrails/rules/injection-classifier.ts'
import {
  featureCount,
  type TextFeatures,
  textFeatures,
} from '../../server/src/modules/guardrails/rules/text-features.ts'
import { digest } from './read-source.ts'
import { readTrainSets } from './train-sets.ts'

/*
 * Logistic regression by stochastic gradient descent with a rate for each weight (Duchi et al., AdaGrad, 2011). The same seed gives the
 * same weights. The threshold comes from our harmless texts, the hardest there are to learn from: each fourth of them is scored by
 * a model that has not learned from it, and so many of them may be false alarms. The sets that are measured are not looked
 * at. Writes the weights where the guard reads them.
 */
const seed = 1
const rounds = 12
const rate = 0.3
const decay = 3e-4
const folds = 4
const falseAlarms = 0.05
const decidingSet = 'our harmless'

interface Example {
  readonly set: string
  readonly label: 0 | 1
  readonly fold: number
  readonly features: TextFeatures
  readonly expressions: number
}

interface Model {
  readonly weights: Float64Array
  readonly bias: number
  readonly ofExpressions: number
}

const random = createRandom(seed)
const { sets, removed } = readTrainSets(random)
const examples = sets.flatMap(({ name, samples }) =>
  samples.map(({ text, label }) => exampleOf(name, text, label)),
)
/** Of a model that has not learned from the text. */
const unseenScores = new Map<Example, number>()
for (let fold = 0; fold < folds; fold++) {
  const model = learn(examples.filter((one) => one.fold !== fold))
  for (const one of examples) if (one.fold === fold) unseenScores.set(one, scoreOf(model, one))
}
const threshold = findThreshold()
report()
write(learn([...examples]))

function exampleOf(set: string, text: string, label: 0 | 1): Example {
  const [window = ''] = injectionWindows(text)
  const readings = [...readingsOf(window)]
  const value = Math.max(...readings.map((one) => one.value))
  return {
    set,
    label,
    fold: Number.parseInt(digest(text).slice(0, 8), 16) % folds,
    features: textFeatures(readings[0]?.text ?? ''),
    expressions: scaleExpressions(value),
  }
}

function scoreOf(model: Model, { features: { places, values }, expressions }: Example): number {
  let sum = model.bias + model.ofExpressions * expressions
  places.forEach((place, index) => {
    sum += (model.weights[place] ?? 0) * (values[index] ?? 0)
  })
  return sum
}

function learn(training: Example[]): Model {
  const weights = new Float64Array(featureCount)
  const squares = new Float64Array(featureCount).fill(1e-4)
  let bias = 0
  let biasSquares = 1e-4
  let ofExpressions = 0
  let expressionSquares = 1e-4
  for (let round = 0; round < rounds; round++) {
    shuffle(training)
    for (const example of training) {
      const { label, expressions } = example
      const { places, values } = example.features
      const error = 1 / (1 + Math.exp(-scoreOf({ weights, bias, ofExpressions }, example))) - label
      biasSquares += error * error
      bias -= (rate * error) / Math.sqrt(biasSquares)
      const ofThem = error * expressions
      expressionSquares += ofThem * ofThem
      ofExpressions -= (rate * ofThem) / Math.sqrt(expressionSquares)
      places.forEach((place, index) => {
        const weight = weights[place] ?? 0
        const slope = error * (values[index] ?? 0) + decay * weight
        const square = (squares[place] ?? 0) + slope * slope
        squares[place] = square
        weights[place] = weight - (rate * slope) / Math.sqrt(square)
      })
    }
  }
  return { weights, bias, ofExpressions }
}

function findThreshold(): number {
  const scores = examples
    .filter(({ set }) => set === decidingSet)
    .map((one) => unseenScores.get(one) ?? 0)
    .sort((one, other) => other - one)
  return scores[Math.floor(scores.length * falseAlarms)] ?? 0
}

function report(): void {
  const count = (label: 0 | 1) => examples.filter((one) => one.label === label).length
  console.log(
    `learned from ${count(1)} attacks and ${count(0)} harmless texts; threshold ${threshold.toFixed(2)}`,
  )
  for (const { name } of sets) {
    for (const label of [1, 0] as const) {
      const ofSet = examples.filter((one) => one.set === name && one.label === label)
      if (ofSet.length === 0) continue
      const over = ofSet.filter((one) => (unseenScores.get(one) ?? 0) > threshold).length
      const share = ((over / ofSet.length) * 100).toFixed(1)
      console.log(
        `${name}: ${label === 1 ? 'found' : 'false alarms'} ${share} % of ${ofSet.length}, left out ${removed.get(name)}`,
      )
    }
  }
}

function write({ weights, bias, ofExpressions }: Model): void {
  const largest = weights.reduce((most, one) => Math.max(most, Math.abs(one)), 0)
  const bytes = Buffer.alloc(featureCount)
  weights.forEach((weight, index) => {
    bytes.writeInt8(Math.round(127 * Math.sign(weight) * Math.sqrt(Math.abs(weight) / largest)), index)
  })
  const file = path.join(
    import.meta.dirname,
    '../../server/src/modules/guardrails/rules/injection-weights.ts',
  )
  const number = (value: number) => value.toFixed(5)
  writeFileSync(
    file,
    `/** Made by bench/detector/train.ts. */
export const injectionWeights = {
  bias: ${number(bias - threshold)},
  ofExpressions: ${number(ofExpressions)},
  largest: ${number(largest)},
  bytes: '${bytes.toString('base64')}',
} as const
`,
  )
}

function shuffle(order: Example[]): void {
  for (let index = order.length - 1; index > 0; index--) {
    const other = Math.floor(random() * (index + 1))
    const [one, two] = [order[index], order[other]]
    if (!one || !two) continue
    order[index] = two
    order[other] = one
  }
}

function createRandom(start: number): () => number {
  let state = start
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
