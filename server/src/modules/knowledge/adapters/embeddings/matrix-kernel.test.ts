import { expect, test } from 'vitest'
import { createRandom } from '../../../../testing/make-documents.ts'
import { createMatrixKernel, DEPTH_STEP, PANEL_COLUMNS, packPanels, ROW_BLOCK } from './matrix-kernel.ts'

test('the kernel multiplies as the schoolbook does, at every shape it is used with, strides included', () => {
  const random = createRandom(1)
  for (const [rows, depth, columns, padding] of [
    [ROW_BLOCK, DEPTH_STEP, PANEL_COLUMNS, 0],
    [ROW_BLOCK * 3, 64, 24, 5],
    [ROW_BLOCK * 32, 128, 128, 0],
    [ROW_BLOCK * 2, 1536, 16, 3],
  ] as const) {
    const [aStride, cStride] = [depth + padding, columns + padding]
    const { buffer, product } = createMatrixKernel(
      4 * (rows * aStride + depth * columns + rows * cStride) + 64,
    )
    const a = new Float32Array(buffer, 0, rows * aStride).map(() => random() - 0.5)
    const b = new Float32Array(depth * columns).map(() => random() - 0.5)
    const panelsOffset = Math.ceil((rows * aStride) / 4) * 16
    const cOffset = panelsOffset + depth * columns * 4
    new Float32Array(buffer, 0, a.length).set(a)
    packPanels(b, columns, depth, columns, new Float32Array(buffer, panelsOffset, depth * columns))
    product(
      0,
      aStride * 4,
      panelsOffset,
      cOffset,
      cStride * 4,
      rows / ROW_BLOCK,
      depth,
      columns / PANEL_COLUMNS,
    )
    const c = new Float32Array(buffer, cOffset, rows * cStride)
    let worst = 0
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        let sum = 0
        for (let k = 0; k < depth; k++) sum += (a[row * aStride + k] ?? 0) * (b[k * columns + column] ?? 0)
        worst = Math.max(worst, Math.abs(sum - (c[row * cStride + column] ?? Number.NaN)))
      }
    }
    expect(worst).toBeLessThan(1e-4)
  }
})

test('a last panel with fewer than eight columns is filled with zeros', () => {
  const target = new Float32Array(2 * PANEL_COLUMNS).fill(9)
  packPanels(Float32Array.of(1, 2, 3, 4), 2, 2, 2, target)
  expect([...target]).toEqual([1, 2, 0, 0, 0, 0, 0, 0, 3, 4, 0, 0, 0, 0, 0, 0])
})
