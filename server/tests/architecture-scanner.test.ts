import { describe, expect, test } from 'vitest'
import { scanImports, scanTokens } from './support/architecture/scan-source.ts'
import { readSources } from './support/architecture/source-file.ts'

const sources = await readSources()

describe('the scanner of the architecture check', () => {
  test('sees every form of import and none that is a comment, a string or a regular expression', () => {
    const source = [
      `import a, { type B } from './a.ts'`,
      `import type { C } from './c.ts'`,
      `import './side-effect.ts'`,
      `import {\n  d,\n} from "./d.ts"`,
      `import manifest from './package.json' with { type: 'json' }`,
      `export { e } from './e.ts'`,
      `export type { F } from './f.ts'`,
      `export * as g from './g.ts'`,
      `const text = \`import "./no.ts" \${await import("./h.ts")} and \${\`\${import("./i.ts")}\`} import("./no.ts")\``,
      `// import './no.ts'`,
      `/* import './no.ts' */ const pattern = /import '\\.\\/no.ts'/`,
      `const word = "import './no.ts'"`,
      `export { local }; const from = './no.ts'`,
      `const half = total / 2; import('./j.ts'); const rest = half / 3`,
      `const url = new URL('./k.ts', import.meta.url)`,
      `object.import('./no.ts')`,
    ].join('\n')
    const found = scanImports(scanTokens(source)).map((edge) => `${edge.kind} ${edge.specifier}`)
    expect(found).toEqual([
      'static ./a.ts',
      'type ./c.ts',
      'static ./side-effect.ts',
      'static ./d.ts',
      'static ./package.json',
      'static ./e.ts',
      'type ./f.ts',
      'static ./g.ts',
      'dynamic ./h.ts',
      'dynamic ./i.ts',
      'dynamic ./j.ts',
      'file ./k.ts',
    ])
  })

  test('sees as many imports as there are lines that begin with one', () => {
    for (const file of sources.filter((one) => !one.path.endsWith('.d.ts'))) {
      const begins =
        file.source.match(
          /^(import (type )?[\w{*']|\} from '|export (type )?(\{[^}\n]*\}|\*[^\n]*) from)/gm,
        ) ?? []
      const multiline = file.source.match(/^import (type )?\{$/gm) ?? []
      const edges = scanImports(scanTokens(file.source)).filter(
        (edge) => edge.kind === 'static' || edge.kind === 'type',
      )
      expect(edges.length, file.path).toBe(begins.length - multiline.length)
    }
  })
})
