import { createMatrixKernel, DEPTH_STEP, PANEL_COLUMNS, packPanels, ROW_BLOCK } from './matrix-kernel.ts'
import {
  addBias,
  addBranch,
  meanOfRows,
  normalizeRows,
  packTransposed,
  scaleToLengthOne,
  softmaxRows,
} from './row-operations.ts'
import type { LayerWeights, SentenceModel } from './sentence-model.ts'

/**
 * The forward pass of Universal Sentence Encoder Lite (Cer et al. 2018, arXiv:1803.11175): piece embeddings with
 * sinusoidal positions, two transformer layers, the mean over the tokens, one tanh layer, length 1.
 *
 * The network was trained on at most 128 tokens and its original graph drops what follows. Here a longer text is cut
 * into windows of equal length, and the vectors of the windows are averaged: nothing of a passage goes unread.
 *
 * One window at a time: the products already run at the kernel's full speed at 100 rows, so that a batch would
 * only bring padding and masks.
 */

export const SENTENCE_DIMENSIONS = 512
/** The most tokens that one pass of the network takes. */
export const WINDOW_TOKENS = 128

const WIDTH = SENTENCE_DIMENSIONS
const NARROW_WIDTH = 256
const HIDDEN = 1536
const HEADS = 4

/** A matrix packed in panels, in the kernel's memory. */
interface Packed {
  offset: number
  depth: number
  columns: number
}

/** Numbers in the kernel's memory. */
interface Region {
  offset: number
  data: Float32Array
}

type Matrices = 'queryKeyValue' | 'attentionOutput' | 'feedForwardIn' | 'feedForwardOut'
type Layer = Omit<LayerWeights, Matrices> & Record<Matrices, Packed> & { width: number }

/** Answers the vector (512 numbers, length 1) of a text given as one or more token ids. Blocks its thread. */
export type SentenceEncoder = (tokens: Int32Array) => Float32Array

export function createSentenceEncoder(model: SentenceModel): SentenceEncoder {
  const { buffer, product } = createMatrixKernel(memoryNumbers() * 4)
  let usedBytes = 0
  const reserve = (numbers: number): Region => {
    const offset = usedBytes
    usedBytes += Math.ceil(numbers / 4) * 16
    return { offset, data: new Float32Array(buffer, offset, numbers) }
  }
  const pack = (source: Float32Array, depth: number, columns: number): Packed => {
    const target = reserve(depth * columns)
    packPanels(source, columns, depth, columns, target.data)
    return { offset: target.offset, depth, columns }
  }
  const packLayer = (weights: LayerWeights, width: number): Layer => ({
    ...weights,
    width,
    queryKeyValue: pack(weights.queryKeyValue, width, 3 * width),
    attentionOutput: pack(weights.attentionOutput, width, WIDTH),
    feedForwardIn: pack(weights.feedForwardIn, WIDTH, HIDDEN),
    feedForwardOut: pack(weights.feedForwardOut, HIDDEN, WIDTH),
  })
  const { widenBias, outputBias, inverseTimescales } = model
  // A copy, so that the buffer which holds every weight can be freed.
  const embeddings = model.embeddings.slice()
  const widen = pack(model.widen, NARROW_WIDTH, WIDTH)
  const narrowLayer = packLayer(model.layers[0], NARROW_WIDTH)
  const wideLayer = packLayer(model.layers[1], WIDTH)
  const output = pack(model.output, WIDTH, SENTENCE_DIMENSIONS)

  const input = reserve(WINDOW_TOKENS * NARROW_WIDTH)
  const state = reserve(WINDOW_TOKENS * WIDTH)
  const normal = reserve(WINDOW_TOKENS * WIDTH)
  const branch = reserve(WINDOW_TOKENS * WIDTH)
  const heads = reserve(WINDOW_TOKENS * 3 * WIDTH)
  const hidden = reserve(WINDOW_TOKENS * HIDDEN)
  const scores = reserve(WINDOW_TOKENS * WINDOW_TOKENS)
  const panels = reserve(WINDOW_TOKENS * WINDOW_TOKENS)

  const multiply = (a: number, aStride: number, b: Packed, c: number, cStride: number, rows: number): void =>
    product(a, aStride * 4, b.offset, c, cStride * 4, rows / ROW_BLOCK, b.depth, b.columns / PANEL_COLUMNS)

  /** softmax(Q · Kᵀ) · V of each head. A row of `heads` is queries, keys, values; the result replaces the queries. */
  const attend = (width: number, count: number, rows: number): void => {
    const headWidth = width / HEADS
    const stride = 3 * width
    const columns = roundUp(count, PANEL_COLUMNS)
    const depth = roundUp(count, DEPTH_STEP)
    for (let head = 0; head < HEADS; head++) {
      const query = head * headWidth
      const queryOffset = heads.offset + query * 4
      packTransposed(heads.data, width + query, stride, count, headWidth, panels.data)
      const keys: Packed = { offset: panels.offset, depth: headWidth, columns }
      multiply(queryOffset, stride, keys, scores.offset, columns, rows)
      softmaxRows(scores.data, columns, count, rows, headWidth ** -0.5)
      packPanels(heads.data.subarray(2 * width + query), stride, depth, headWidth, panels.data)
      const values: Packed = { offset: panels.offset, depth, columns: headWidth }
      multiply(scores.offset, columns, values, queryOffset, stride, rows)
    }
  }

  const runLayer = (layer: Layer, source: Region, count: number, rows: number): void => {
    const { width } = layer
    normalizeRows(source.data, normal.data, width, rows, layer.attentionNormScale, layer.attentionNormBias)
    multiply(normal.offset, width, layer.queryKeyValue, heads.offset, 3 * width, rows)
    addBias(heads.data, layer.queryKeyValueBias, rows)
    attend(width, count, rows)
    multiply(heads.offset, 3 * width, layer.attentionOutput, branch.offset, WIDTH, rows)
    addBranch(state.data, branch.data, layer.attentionOutputBias, rows)
    normalizeRows(state.data, normal.data, WIDTH, rows, layer.feedForwardNormScale, layer.feedForwardNormBias)
    multiply(normal.offset, WIDTH, layer.feedForwardIn, hidden.offset, HIDDEN, rows)
    addBias(hidden.data, layer.feedForwardInBias, rows, true)
    multiply(hidden.offset, HIDDEN, layer.feedForwardOut, branch.offset, WIDTH, rows)
    addBranch(state.data, branch.data, layer.feedForwardOutBias, rows)
  }

  const encodeWindow = (tokens: Int32Array): Float32Array => {
    const count = tokens.length
    const rows = roundUp(count, ROW_BLOCK)
    embedTokens(embeddings, inverseTimescales, tokens, rows, input.data)
    multiply(input.offset, NARROW_WIDTH, widen, state.offset, WIDTH, rows)
    addBias(state.data, widenBias, rows)
    runLayer(narrowLayer, input, count, rows)
    runLayer(wideLayer, state, count, rows)
    meanOfRows(state.data, WIDTH, count, branch.data)
    multiply(branch.offset, WIDTH, output, normal.offset, SENTENCE_DIMENSIONS, ROW_BLOCK)
    const vector = normal.data.slice(0, SENTENCE_DIMENSIONS)
    for (let i = 0; i < vector.length; i++) vector[i] = Math.tanh((vector[i] ?? 0) + (outputBias[i] ?? 0))
    return scaleToLengthOne(vector)
  }

  return (tokens) => {
    const windows = Math.ceil(tokens.length / WINDOW_TOKENS)
    const sum = new Float32Array(SENTENCE_DIMENSIONS)
    for (let window = 0; window < windows; window++) {
      const start = Math.floor((window * tokens.length) / windows)
      const end = Math.floor(((window + 1) * tokens.length) / windows)
      const vector = encodeWindow(tokens.subarray(start, end))
      if (windows === 1) return vector
      for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] ?? 0) + (vector[i] ?? 0) * (end - start)
    }
    return scaleToLengthOne(sum)
  }
}

/**
 * Twice the embedding plus the position's sines and cosines: the trained graph adds the embedding once more after
 * the position was added to it. Rows after the last token are zero.
 */
function embedTokens(
  embeddings: Float32Array,
  inverseTimescales: Float32Array,
  tokens: Int32Array,
  rows: number,
  target: Float32Array,
): void {
  const timescales = inverseTimescales.length
  target.fill(0, 0, rows * NARROW_WIDTH)
  tokens.forEach((token, position) => {
    const row = position * NARROW_WIDTH
    const from = token * NARROW_WIDTH
    for (let i = 0; i < NARROW_WIDTH; i++) {
      const angle = position * (inverseTimescales[i % timescales] ?? 0)
      const signal = i < timescales ? Math.sin(angle) : Math.cos(angle)
      target[row + i] = 2 * (embeddings[from + i] ?? 0) + signal
    }
  })
}

const roundUp = (value: number, step: number): number => Math.ceil(value / step) * step

/** How many numbers the packed weights and the regions above take. */
function memoryNumbers(): number {
  const layer = (width: number): number => width * 3 * width + width * WIDTH + 2 * WIDTH * HIDDEN
  const weights = layer(NARROW_WIDTH) + layer(WIDTH) + NARROW_WIDTH * WIDTH + WIDTH * SENTENCE_DIMENSIONS
  const perToken = NARROW_WIDTH + 3 * WIDTH + 3 * WIDTH + HIDDEN + 2 * WINDOW_TOKENS
  return weights + WINDOW_TOKENS * perToken
}
