import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'

const dist = path.join(import.meta.dirname, '../dist')
const atMostBytes = 200_000

test('what every page loads before its own section is at most 200 kB of script, compressed', async () => {
  if (!existsSync(path.join(dist, 'index.html')))
    throw new Error('The dashboard is not built. Run: npm run build')
  const html = await readFile(path.join(dist, 'index.html'), 'utf8')
  const named = [...html.matchAll(/(?:src|href)="\/([^"]+\.js)"/g)].map(([, file]) => file ?? '')
  expect(named.length).toBeGreaterThan(0)
  const sizes = new Map<string, number>()
  const waiting = [...named]
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (sizes.has(file)) continue
    const code = await readFile(path.join(dist, file))
    sizes.set(file, gzipSync(code, { level: 9 }).length)
    waiting.push(...staticImports(code.toString()).map((target) => path.join(path.dirname(file), target)))
  }
  const bytes = [...sizes.values()].reduce((sum, size) => sum + size, 0)
  expect(bytes, JSON.stringify(Object.fromEntries(sizes), null, 1)).toBeLessThanOrEqual(atMostBytes)
})

/** The chunks a chunk cannot run without; `import(…)` loads later and is not among them. */
function staticImports(code: string): string[] {
  return [...code.matchAll(/(?:from|import)\s*["'](\.[^"']+\.js)["']/g)].map(([, target]) => target ?? '')
}
