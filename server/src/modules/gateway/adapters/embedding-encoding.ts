/** Float or base64 (little-endian 32-bit floats), the two encodings of OpenAI's embeddings, into each other. */

export type EncodedVector = readonly number[] | string

export function encodeVector(
  vector: Float32Array | readonly number[],
  format: 'float' | 'base64',
): EncodedVector {
  if (format === 'float') return Array.from(vector)
  const bytes = Buffer.alloc(vector.length * 4)
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, index * 4)
  return bytes.toString('base64')
}

/** Undefined when it is neither a base64 of whole floats nor an array of finite numbers, or is empty. */
export function decodeVector(encoded: unknown): Float32Array | undefined {
  const vector = typeof encoded === 'string' ? floatsOfBase64(encoded) : floatsOfArray(encoded)
  return vector && vector.length > 0 && vector.every(Number.isFinite) ? vector : undefined
}

/** The vectors of an embeddings `list` object in the order of its data; undefined when one of them is malformed. */
export function vectorsOf(body: Readonly<Record<string, unknown>>): Float32Array[] | undefined {
  if (!Array.isArray(body.data)) return undefined
  const vectors: Float32Array[] = []
  for (const entry of body.data) {
    const vector = decodeVector(entry?.embedding)
    if (!vector) return undefined
    vectors.push(vector)
  }
  return vectors
}

function floatsOfBase64(text: string): Float32Array | undefined {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.length % 4 !== 0) return undefined
  return Float32Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4))
}

function floatsOfArray(value: unknown): Float32Array | undefined {
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'number')) return undefined
  return Float32Array.from(value)
}
