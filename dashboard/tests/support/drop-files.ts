import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Page } from 'playwright-core'
import { onTestFinished } from 'vitest'

/**
 * Drags real files from outside over the middle of the page, as the system does it, and holds them there. What it gives
 * back lets go.
 */
export async function dropFiles(
  page: Page,
  contents: Readonly<Record<string, string | Uint8Array>>,
): Promise<() => Promise<void>> {
  const folder = await mkdtemp(path.join(tmpdir(), 'freehold-drop-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const files = await Promise.all(
    Object.entries(contents).map(async ([name, content]) => {
      const file = path.join(folder, name)
      await writeFile(file, content)
      return file
    }),
  )
  const session = await page.context().newCDPSession(page)
  const { width, height } = page.viewportSize() ?? { width: 800, height: 600 }
  const dispatch = (type: 'dragEnter' | 'dragOver' | 'drop') =>
    session.send('Input.dispatchDragEvent', {
      type,
      x: width / 2,
      y: height / 2,
      // 1 allows copying, which is what a file dialog's or file manager's drag is.
      data: { items: [], files, dragOperationsMask: 1 },
    })
  await dispatch('dragEnter')
  await dispatch('dragOver')
  return async () => {
    await dispatch('drop')
    await session.detach()
  }
}
