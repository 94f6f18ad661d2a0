/**
 * A scanner for TypeScript sources: just enough to see imports and calls without being misled by comments, strings
 * or regular expressions. It splits; it does not understand types.
 */
export interface Token {
  kind: 'word' | 'number' | 'string' | 'template' | 'regex' | 'mark'
  /** Without quotes for strings; the literal parts only for templates. */
  text: string
  /** From 1. */
  line: number
  /** How many brackets of any kind stand open around it. */
  depth: number
}

export interface ImportEdge {
  specifier: string
  /** `file`: `new URL('./x.ts', import.meta.url)`, how workers and child processes are named. */
  kind: 'static' | 'type' | 'dynamic' | 'file'
  line: number
}

/** After these a slash begins a regular expression; after any other word it divides. */
const beforeRegex = new Set([
  'return',
  'typeof',
  'case',
  'in',
  'of',
  'await',
  'yield',
  'void',
  'delete',
  'else',
  'do',
])

export function scanTokens(source: string): Token[] {
  const tokens: Token[] = []
  /** Depths at which `${` opened, so that the matching `}` goes back into the template. */
  const templates: number[] = []
  let at = 0
  let line = 1
  let depth = 0

  const add = (kind: Token['kind'], text: string, startLine = line) =>
    tokens.push({ kind, text, line: startLine, depth })
  const take = (pattern: RegExp): string => {
    pattern.lastIndex = at
    const found = pattern.exec(source)?.[0] ?? ''
    at += found.length
    line += found.split('\n').length - 1
    return found
  }

  function takeTemplate(): void {
    const startLine = line
    const text = take(/(?:[^`\\$]|\\[\s\S]|\$(?!\{))*/y)
    add('template', text, startLine)
    if (source[at] === '`') at += 1
    else {
      at += 2
      depth += 1
      templates.push(depth)
    }
  }

  function mayBeRegex(): boolean {
    const last = tokens.at(-1)
    if (!last) return true
    if (last.kind === 'word') return beforeRegex.has(last.text)
    return last.kind === 'mark' && ![')', ']', '}'].includes(last.text)
  }

  while (at < source.length) {
    if (take(/\s+/y) || take(/\/\/[^\n]*/y) || take(/\/\*[\s\S]*?(?:\*\/|$)/y) || take(/^#![^\n]*/y)) continue
    const startLine = line
    const char = source[at] ?? ''
    if (char === "'" || char === '"') {
      const quoted = take(char === "'" ? /'(?:[^'\\\n]|\\[\s\S])*'?/y : /"(?:[^"\\\n]|\\[\s\S])*"?/y)
      add('string', quoted.slice(1, -1), startLine)
    } else if (char === '`') {
      at += 1
      takeTemplate()
    } else if (/[A-Za-z_$#\u0080-\uffff]/.test(char)) add('word', take(/[\w$#\u0080-\uffff]+/y), startLine)
    else if (/\d/.test(char)) add('number', take(/[\d_][\w.]*/y), startLine)
    else if (char === '/' && mayBeRegex())
      add('regex', take(/\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/\w*/y) || take(/\//y))
    else if (char === '}' && templates.at(-1) === depth) {
      at += 1
      depth -= 1
      templates.pop()
      takeTemplate()
    } else {
      const arrow = take(/=>/y)
      if (arrow) add('mark', arrow)
      else {
        at += 1
        if (')]}'.includes(char)) depth -= 1
        add('mark', char)
        if ('([{'.includes(char)) depth += 1
      }
    }
  }
  return tokens
}

/** Everything a file reaches: imports of values and types, re-exports, dynamic imports, files named by URL. */
export function scanImports(tokens: readonly Token[]): ImportEdge[] {
  const edges: ImportEdge[] = []
  const text = (index: number) => tokens[index]?.text
  const isString = (index: number) => tokens[index]?.kind === 'string'
  const add = (index: number, kind: ImportEdge['kind']) => {
    const token = tokens[index]
    if (token?.kind === 'string') edges.push({ specifier: token.text, kind, line: token.line })
  }
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== 'word') continue
    const before = text(index - 1)
    if (token.text === 'URL' && before === 'new' && isString(index + 2) && text(index + 4) === 'import') {
      add(index + 2, 'file')
    }
    if (before === '.') continue
    if (token.text === 'import') {
      if (text(index + 1) === '(') add(index + 2, 'dynamic')
      else if (isString(index + 1)) add(index + 1, 'static')
      else if (text(index + 1) !== '.') add(indexAfterFrom(tokens, index), kindOf(tokens, index))
    }
    if (token.text === 'export') {
      const first = text(index + 1) === 'type' ? index + 2 : index + 1
      if (text(first) === '*') add(indexAfterFrom(tokens, index), kindOf(tokens, index))
      if (text(first) === '{') {
        const close = tokens.findIndex(
          (one, place) => place > first && one.text === '}' && one.depth === token.depth,
        )
        if (close > 0 && text(close + 1) === 'from') add(close + 2, kindOf(tokens, index))
      }
    }
  }
  return edges
}

function indexAfterFrom(tokens: readonly Token[], start: number): number {
  const from = tokens.findIndex(
    (token, place) =>
      place > start && token.text === 'from' && token.kind === 'word' && tokens[place + 1]?.kind === 'string',
  )
  return from + 1
}

/** `import type` and `export type` are erased; `import { type X }` still loads the file. */
function kindOf(tokens: readonly Token[], start: number): 'static' | 'type' {
  const next = tokens[start + 1]
  const after = tokens[start + 2]
  return next?.text === 'type' && after?.text !== 'from' && after?.text !== ',' ? 'type' : 'static'
}

/** The lines on which these tokens stand in this order, one after another. */
export function linesOf(tokens: readonly Token[], sequence: readonly string[]): number[] {
  return tokens.flatMap((token, index) =>
    sequence.every((text, offset) => {
      const found = tokens[index + offset]
      return found?.text === text && (found.kind === 'word' || found.kind === 'mark')
    })
      ? [token.line]
      : [],
  )
}
