import { injectionWeights } from './injection-weights.ts'
import { featureCount, namedFeatures, textFeatures } from './text-features.ts'

/** Expressions count within these bounds, so that no pile of them drowns the words. */
const leastValue = -6
const mostValue = 6
const valueScale = 4

let decoded: Float32Array | undefined

/**
 * How much more than the threshold's worth a text looks like an injection, in log-odds: a linear model over its words and characters
 * and what the expressions made of it. bench/detector trains it.
 */
export function classifyInjection(folded: string, expressionValue: number): number {
  const weights = decodeWeights()
  const { places, values } = textFeatures(folded)
  let sum = injectionWeights.bias + injectionWeights.ofExpressions * scaleExpressions(expressionValue)
  places.forEach((place, index) => {
    sum += (weights[place] ?? 0) * (values[index] ?? 0)
  })
  return sum
}

/** The words and neighbours of a text that speak most for an injection, the heaviest first; none that stands in another. */
export function heaviestPhrases(folded: string, most: number): string[] {
  const weights = decodeWeights()
  const found = new Map<string, number>()
  for (const [phrase, place] of namedFeatures(folded)) {
    const weight = weights[place] ?? 0
    if (weight > 0 && /\p{L}/u.test(phrase)) found.set(phrase, weight)
  }
  const chosen: string[] = []
  for (const [phrase] of [...found].sort(([, one], [, other]) => other - one)) {
    if (chosen.some((one) => one.includes(phrase) || phrase.includes(one))) continue
    chosen.push(phrase)
    if (chosen.length === most) break
  }
  return chosen
}

export function scaleExpressions(value: number): number {
  return Math.min(mostValue, Math.max(leastValue, value)) / valueScale
}

/** One byte a weight, its square root, so that the many small ones keep their differences. */
function decodeWeights(): Float32Array {
  if (decoded) return decoded
  const bytes = Buffer.from(injectionWeights.bytes, 'base64')
  decoded = new Float32Array(featureCount)
  for (let index = 0; index < featureCount; index++) {
    const root = bytes.readInt8(index) / 127
    decoded[index] = injectionWeights.largest * root * Math.abs(root)
  }
  return decoded
}
