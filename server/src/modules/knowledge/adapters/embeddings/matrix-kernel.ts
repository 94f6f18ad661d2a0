/**
 * A matrix product in WebAssembly SIMD: C = A · B for row-major A and C, and B packed in panels of 8 columns.
 *
 * Why not a library: running the sentence encoder's graph under TensorFlow.js' WebAssembly backend reached
 * 16 GFLOPS on the machine where this kernel reaches 43, and one product is all that the encoder needs.
 * Why assembled here: no compiler in the tool chain and no binary in the repository. Why not relaxed SIMD (fused
 * multiply-add, 49 GFLOPS): its rounding differs between processors, and vectors should not.
 *
 * The inner block keeps a tile of 4 rows by 8 columns in 8 registers and walks the shared dimension 4 steps a turn:
 *
 *   for each panel of 8 columns          (B moves on by depth * 32 bytes, C by 32 bytes)
 *     for each block of 4 rows           (A and C move on by 4 rows)
 *       tile = 0
 *       for k in 0 ..< depth step 4
 *         for u in 0 ..< 4: for r in 0 ..< 4
 *           tile[r] += A[row r][k + u] * panel[k + u][0 ..< 8]
 *       C = tile
 */

/** Node has it; the types that come with the compiler have it only for browsers. */
declare const WebAssembly: {
  Memory: new (options: { initial: number }) => { readonly buffer: ArrayBuffer }
  Module: new (bytes: Uint8Array) => object
  Instance: new (module: object, imports: object) => { readonly exports: Record<string, unknown> }
}

/** Rows come in blocks of this many, columns in panels of `PANEL_COLUMNS`, the depth in steps of `DEPTH_STEP`. */
export const ROW_BLOCK = 4
export const PANEL_COLUMNS = 8
export const DEPTH_STEP = 4

/** Strides and offsets are bytes in the memory that the kernel was made with; no argument is checked. */
export type MatrixProduct = (
  aOffset: number,
  aStride: number,
  panelsOffset: number,
  cOffset: number,
  cStride: number,
  rowBlocks: number,
  depth: number,
  panels: number,
) => void

const VECTORS = PANEL_COLUMNS / 4
const PANEL_ROW_BYTES = PANEL_COLUMNS * 4

const I32 = 0x7f
const V128 = 0x7b

/** Unsigned LEB128, the integer form of the WebAssembly binary format. */
function unsigned(value: number): number[] {
  const bytes: number[] = []
  do {
    const low = value & 0x7f
    value >>>= 7
    bytes.push(value === 0 ? low : low | 0x80)
  } while (value !== 0)
  return bytes
}

const list = (items: number[][]): number[] => [...unsigned(items.length), ...items.flat()]
const text = (value: string): number[] => [...unsigned(value.length), ...Buffer.from(value, 'latin1')]
const section = (id: number, body: number[]): number[] => [id, ...unsigned(body.length), ...body]

const localGet = (index: number): number[] => [0x20, ...unsigned(index)]
const localSet = (index: number): number[] => [0x21, ...unsigned(index)]
const localTee = (index: number): number[] => [0x22, ...unsigned(index)]
// A constant below 64 is one byte of signed LEB128; larger ones need the sign bit kept clear.
const constant = (value: number): number[] =>
  value < 64 ? [0x41, value] : [0x41, (value & 0x7f) | 0x80, ...unsigned(value >>> 7)]
const add = [0x6a]
const subtract = [0x6b]
const multiply = [0x6c]
const loop = (body: number[]): number[] => [0x03, 0x40, ...body, 0x0b]
const continueLoopIf = [0x0d, 0]

const simd = (operation: number): number[] => [0xfd, ...unsigned(operation)]
const loadVector = (offset: number): number[] => [...simd(0x00), 4, ...unsigned(offset)]
const loadSplat = (offset: number): number[] => [...simd(0x09), 2, ...unsigned(offset)]
const storeVector = (offset: number): number[] => [...simd(0x0b), 4, ...unsigned(offset)]
const zeroVector = [...simd(0x0c), ...new Array<number>(16).fill(0)]
const multiplyVectors = simd(0xe6)
const addVectors = simd(0xe4)

function productBody(): number[] {
  const [a, aStride, panel, c, cStride, rowBlocks, depth, panels] = [0, 1, 2, 3, 4, 5, 6, 7] as const
  const [aBlock, cBlock, blocksLeft, depthLeft, panelRow, cRow] = [8, 9, 10, 11, 12, 13] as const
  const aRow = (row: number): number => 14 + row
  const integerCount = 6 + ROW_BLOCK
  const tile = (row: number, vector: number): number => 8 + integerCount + row * VECTORS + vector
  const right = (vector: number): number => tile(ROW_BLOCK, vector)
  const left = right(VECTORS)
  const vectorCount = ROW_BLOCK * VECTORS + VECTORS + 1

  const rows = Array.from({ length: ROW_BLOCK }, (_, row) => row)
  const vectors = Array.from({ length: VECTORS }, (_, vector) => vector)
  const steps = Array.from({ length: DEPTH_STEP }, (_, step) => step)
  const advance = (local: number, amount: number[]): number[] => [
    ...localGet(local),
    ...amount,
    ...add,
    ...localSet(local),
  ]
  const countDown = (local: number, by: number): number[] => [
    ...localGet(local),
    ...constant(by),
    ...subtract,
    ...localTee(local),
    ...continueLoopIf,
  ]

  const multiplyStep = (step: number): number[] => [
    ...vectors.flatMap((v) => [
      ...localGet(panelRow),
      ...loadVector(step * PANEL_ROW_BYTES + 16 * v),
      ...localSet(right(v)),
    ]),
    ...rows.flatMap((row) => [
      ...localGet(aRow(row)),
      ...loadSplat(4 * step),
      ...localSet(left),
      ...vectors.flatMap((v) => [
        ...localGet(left),
        ...localGet(right(v)),
        ...multiplyVectors,
        ...localGet(tile(row, v)),
        ...addVectors,
        ...localSet(tile(row, v)),
      ]),
    ]),
  ]
  const depthLoop = loop([
    ...steps.flatMap(multiplyStep),
    ...rows.flatMap((row) => advance(aRow(row), constant(4 * DEPTH_STEP))),
    ...advance(panelRow, constant(PANEL_ROW_BYTES * DEPTH_STEP)),
    ...countDown(depthLeft, DEPTH_STEP),
  ])
  const rowLoop = loop([
    ...rows.flatMap((row) => [
      ...(row === 0 ? localGet(aBlock) : [...localGet(aRow(row - 1)), ...localGet(aStride), ...add]),
      ...localSet(aRow(row)),
      ...vectors.flatMap((v) => [...zeroVector, ...localSet(tile(row, v))]),
    ]),
    ...[...localGet(panel), ...localSet(panelRow), ...localGet(depth), ...localSet(depthLeft)],
    ...depthLoop,
    ...[...localGet(cBlock), ...localSet(cRow)],
    ...rows.flatMap((row) => [
      ...vectors.flatMap((v) => [...localGet(cRow), ...localGet(tile(row, v)), ...storeVector(16 * v)]),
      ...advance(cRow, localGet(cStride)),
    ]),
    ...advance(aBlock, [...localGet(aStride), ...constant(ROW_BLOCK), ...multiply]),
    ...[...localGet(cRow), ...localSet(cBlock)],
    ...countDown(blocksLeft, 1),
  ])
  const panelLoop = loop([
    ...[...localGet(a), ...localSet(aBlock), ...localGet(c), ...localSet(cBlock)],
    ...[...localGet(rowBlocks), ...localSet(blocksLeft)],
    ...rowLoop,
    ...advance(panel, [...localGet(depth), ...constant(PANEL_ROW_BYTES), ...multiply]),
    ...advance(c, constant(PANEL_ROW_BYTES)),
    ...countDown(panels, 1),
  ])
  const locals = list([
    [...unsigned(integerCount), I32],
    [...unsigned(vectorCount), V128],
  ])
  return [...locals, ...panelLoop, 0x0b]
}

export interface MatrixKernel {
  /** Holds all operands. Its size is fixed, so views of it stay valid. */
  buffer: ArrayBuffer
  product: MatrixProduct
}

const PAGE_BYTES = 65_536

/** Makes the kernel with a memory of at least so many bytes. */
export function createMatrixKernel(memoryBytes: number): MatrixKernel {
  const body = productBody()
  const bytes = new Uint8Array([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, list([[0x60, ...list(new Array<number[]>(8).fill([I32])), 0]])),
    ...section(2, list([[...text('host'), ...text('memory'), 0x02, 0x00, 0x01]])),
    ...section(3, list([[0]])),
    ...section(7, list([[...text('product'), 0x00, 0x00]])),
    ...section(10, list([[...unsigned(body.length), ...body]])),
  ])
  const memory = new WebAssembly.Memory({ initial: Math.ceil(memoryBytes / PAGE_BYTES) })
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { host: { memory } })
  // The module above exports exactly this function; no type can say so.
  return { buffer: memory.buffer, product: instance.exports.product as MatrixProduct }
}

/**
 * Lays a row-major matrix (depth × columns) out in panels of 8 columns, short last panels filled with zeros.
 * The target must hold `depth * ceil(columns / 8) * 8` numbers.
 */
export function packPanels(
  source: Float32Array,
  sourceStride: number,
  depth: number,
  columns: number,
  target: Float32Array,
): void {
  const panels = Math.ceil(columns / PANEL_COLUMNS)
  for (let panel = 0; panel < panels; panel++) {
    const first = panel * PANEL_COLUMNS
    const width = Math.min(PANEL_COLUMNS, columns - first)
    for (let k = 0; k < depth; k++) {
      const from = k * sourceStride + first
      const to = (panel * depth + k) * PANEL_COLUMNS
      for (let column = 0; column < PANEL_COLUMNS; column++) {
        target[to + column] = column < width ? (source[from + column] ?? 0) : 0
      }
    }
  }
}
