/** The fake provider's notion of a token: a word with the white space before it. */
export function tokensOf(text: string): readonly string[] {
  return text.match(/\s*\S+|\s+$/g) ?? []
}

export function countTokens(text: string): number {
  return tokensOf(text).length
}

/** The same text always gives the same unit vector, other texts almost surely another. */
export function embed(text: string, dimensions: number): Float32Array {
  let state = 2166136261
  for (const character of text) state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 16777619)
  const vector = new Float32Array(dimensions)
  for (let index = 0; index < dimensions; index++) {
    state = Math.imul(state ^ (state >>> 15), 2246822519) + index
    vector[index] = ((state >>> 0) / 2 ** 32) * 2 - 1
  }
  const length = Math.hypot(...vector)
  return vector.map((value) => value / length)
}
