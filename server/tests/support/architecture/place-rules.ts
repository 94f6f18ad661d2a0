import path from 'node:path'
import { moduleOf, production, type Rule, roomOf, scan } from './source-file.ts'

const layers = new Set(['app', 'platform', 'modules', 'testing'])
const folders = new Set(['actions', 'rules', 'adapters', 'graphs'])
const flat = new Set(['actions', 'rules'])

/**
 * A module has the known rooms. Beside the known files its root may hold domain files, named for what they export;
 * folders it may have these and no others, and `actions/` and `rules/` have none inside.
 */
export const roomsAreKnown: Rule = (files) =>
  files.flatMap((file) => {
    const breach = (message: string) => [{ path: file.path, line: 1, message }]
    const [layer = '', ...rest] = file.path.split('/')
    if (!layers.has(layer) || rest.length === 0) return breach('stands in no layer')
    if (layer !== 'modules') return []
    if (moduleOf(file.path) === undefined) return breach('stands in no module')
    const [folder = '', ...below] = roomOf(file.path).split('/')
    if (below.length === 0) return []
    if (!folders.has(folder)) return breach(`${folder}/ is no room of a module`)
    return flat.has(folder) && below.length > 1 ? breach(`${folder}/ has no folders inside`) : []
  })

/** Each module brings its manifest, and a door only if somebody comes in. */
export const modulesHaveManifests: Rule = (files) => {
  const paths = new Set(files.map((file) => file.path))
  const modules = new Set(files.flatMap((file) => moduleOf(file.path) ?? []))
  return [...modules]
    .filter((name) => !paths.has(`modules/${name}/module.ts`))
    .map((name) => ({ path: `modules/${name}`, line: 1, message: 'has no module.ts' }))
}

const vague = /(^|-)(utils?|utilities|helpers?|managers?|common|base|misc|shared|stuff|lib)(-|$)/
const kebab = /^[a-z0-9]+(-[a-z0-9]+)*$/

export const namesAreKebabCase: Rule = (files) =>
  files.flatMap((file) => {
    const parts = file.path.replace(/(\.(test|suite|fixture|d))?\.ts$/, '').split('/')
    const wrong = parts.find((part) => !kebab.test(part))
    return wrong === undefined ? [] : [{ path: file.path, line: 1, message: `"${wrong}" is not kebab-case` }]
  })

export const namesSaySomething: Rule = (files) =>
  files.flatMap((file) => {
    const parts = file.path.replace(/(\.(test|suite|fixture|d))?\.ts$/, '').split('/')
    const wrong = parts.find((part) => vague.test(part))
    return wrong === undefined
      ? []
      : [{ path: file.path, line: 1, message: `"${wrong}" could hold anything` }]
  })

/** No `IThing` and `TThing`. */
export const typesHaveNoPrefix: Rule = (files) =>
  files.flatMap((file) => {
    const { tokens } = scan(file)
    return tokens.flatMap((token, index) => {
      const declares =
        ['interface', 'type'].includes(tokens[index - 1]?.text ?? '') && tokens[index - 1]?.kind === 'word'
      const opens = ['{', '=', '<', 'extends'].includes(tokens[index + 1]?.text ?? '')
      const wrong = token.kind === 'word' && declares && opens && /^[IT][A-Z][a-z]/.test(token.text)
      return wrong ? [{ path: file.path, line: token.line, message: `${token.text} has a type prefix` }] : []
    })
  })

const mostLines = 500

export const filesAreShort: Rule = (files) =>
  files.flatMap((file) => {
    const lines = file.source.trimEnd().split('\n').length
    return lines > mostLines
      ? [{ path: file.path, line: mostLines, message: `has ${lines} lines, more than ${mostLines}` }]
      : []
  })

/** One verb a file: `actions/set-budget.ts` exports `setBudget`. */
export const actionsAreNamedForTheirVerb: Rule = (files) =>
  production(files)
    .filter((file) => roomOf(file.path).startsWith('actions/'))
    .flatMap((file) => {
      const name = path.posix
        .basename(file.path, '.ts')
        .replaceAll(/-(\w)/g, (_match, letter: string) => letter.toUpperCase())
      const { tokens } = scan(file)
      const exported = tokens.some((token, index) => {
        const before = tokens.slice(Math.max(0, index - 4), index).map((one) => one.text)
        return token.text === name && token.depth === 0 && before.includes('export')
      })
      return exported ? [] : [{ path: file.path, line: 1, message: `does not export ${name}` }]
    })
