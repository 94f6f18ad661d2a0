import { PANEL_COLUMNS } from './matrix-kernel.ts'

/**
 * What the sentence encoder does to the rows of a matrix between two products. Plain loops over one flat array:
 * together they take about a tenth of the time of the products.
 */

const NORM_EPSILON = 1e-6

/** Layer normalisation of each row of `source`, into `target`. */
export function normalizeRows(
  source: Float32Array,
  target: Float32Array,
  width: number,
  rows: number,
  scale: Float32Array,
  bias: Float32Array,
): void {
  for (let row = 0; row < rows; row++) {
    const start = row * width
    let mean = 0
    for (let i = 0; i < width; i++) mean += source[start + i] ?? 0
    mean /= width
    let variance = 0
    for (let i = 0; i < width; i++) variance += ((source[start + i] ?? 0) - mean) ** 2
    const inverse = 1 / Math.sqrt(variance / width + NORM_EPSILON)
    for (let i = 0; i < width; i++) {
      target[start + i] = ((source[start + i] ?? 0) - mean) * inverse * (scale[i] ?? 0) + (bias[i] ?? 0)
    }
  }
}

/** Adds the bias to each row, and with `rectify` puts zero in place of what is negative. */
export function addBias(data: Float32Array, bias: Float32Array, rows: number, rectify = false): void {
  const width = bias.length
  for (let row = 0; row < rows; row++) {
    const start = row * width
    for (let i = 0; i < width; i++) {
      const value = (data[start + i] ?? 0) + (bias[i] ?? 0)
      data[start + i] = rectify && value < 0 ? 0 : value
    }
  }
}

/** state += branch + bias, row by row: the end of a residual branch. */
export function addBranch(state: Float32Array, branch: Float32Array, bias: Float32Array, rows: number): void {
  const width = bias.length
  for (let row = 0; row < rows; row++) {
    const start = row * width
    for (let i = 0; i < width; i++) {
      state[start + i] = (state[start + i] ?? 0) + (branch[start + i] ?? 0) + (bias[i] ?? 0)
    }
  }
}

/** Softmax of `scale * row` over the first `count` of `stride` columns; the columns after them become zero. */
export function softmaxRows(
  data: Float32Array,
  stride: number,
  count: number,
  rows: number,
  scale: number,
): void {
  for (let row = 0; row < rows; row++) {
    const start = row * stride
    let highest = Number.NEGATIVE_INFINITY
    for (let i = 0; i < count; i++) highest = Math.max(highest, data[start + i] ?? 0)
    let sum = 0
    for (let i = 0; i < count; i++) {
      const value = Math.exp(((data[start + i] ?? 0) - highest) * scale)
      data[start + i] = value
      sum += value
    }
    const inverse = 1 / sum
    for (let i = 0; i < count; i++) data[start + i] = (data[start + i] ?? 0) * inverse
    data.fill(0, start + count, start + stride)
  }
}

/** Packs the transpose of a (rows × depth) matrix that starts at `first` and has `stride`, in panels of 8 columns. */
export function packTransposed(
  source: Float32Array,
  first: number,
  stride: number,
  rows: number,
  depth: number,
  target: Float32Array,
): void {
  const panels = Math.ceil(rows / PANEL_COLUMNS)
  for (let panel = 0; panel < panels; panel++) {
    for (let column = 0; column < PANEL_COLUMNS; column++) {
      const row = panel * PANEL_COLUMNS + column
      const from = first + row * stride
      const to = panel * depth * PANEL_COLUMNS + column
      for (let k = 0; k < depth; k++) {
        target[to + k * PANEL_COLUMNS] = row < rows ? (source[from + k] ?? 0) : 0
      }
    }
  }
}

/** The mean of the first `rows` rows, into the start of `target`. */
export function meanOfRows(source: Float32Array, width: number, rows: number, target: Float32Array): void {
  target.fill(0, 0, width)
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < width; i++) target[i] = (target[i] ?? 0) + (source[row * width + i] ?? 0) / rows
  }
}

/** Brings a vector to length 1 in place. A zero vector stays as it is. */
export function scaleToLengthOne(vector: Float32Array): Float32Array {
  let squares = 0
  for (const value of vector) squares += value * value
  if (squares === 0) return vector
  const inverse = 1 / Math.sqrt(squares)
  for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] ?? 0) * inverse
  return vector
}
