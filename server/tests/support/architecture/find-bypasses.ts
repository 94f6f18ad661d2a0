import type { Token } from './scan-source.ts'
import { production, type SourceFile, scan } from './source-file.ts'

/** Each call of `systemTx`, as `path reason`, in the order of the files. */
export function systemTransactions(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) => {
    const { tokens } = scan(file)
    return tokens.flatMap((token, index) => {
      if (token.kind !== 'word' || token.text !== 'systemTx') return []
      // Under another name a call could not be found here.
      if (tokens[index + 1]?.text === 'as') return [`${file.path} renames systemTx`]
      if (tokens[index + 1]?.text !== '(' || tokens[index - 1]?.text === 'function') return []
      return [`${file.path} ${reasonOf(tokens, index + 1)}`]
    })
  })
}

/** The second argument, if it is a string written out. */
function reasonOf(tokens: readonly Token[], open: number): string {
  const depth = (tokens[open]?.depth ?? 0) + 1
  const comma = tokens.findIndex(
    (token, place) => place > open && token.text === ',' && token.depth === depth,
  )
  const reason = tokens[comma + 1]
  return reason?.kind === 'string' && tokens[comma + 2]?.text === ','
    ? reason.text
    : '(a reason that is not written out)'
}

/** The reasons that `SystemReason` declares. */
export function declaredReasons(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) => {
    const { tokens } = scan(file)
    const start = tokens.findIndex(
      (token, index) => token.text === 'SystemReason' && tokens[index - 1]?.text === 'type',
    )
    if (start < 0) return []
    const end = tokens.findIndex(
      (token, index) => index > start + 1 && token.kind !== 'string' && !['|', '='].includes(token.text),
    )
    return tokens
      .slice(start, end < 0 ? undefined : end)
      .filter((token) => token.kind === 'string')
      .map((token) => token.text)
  })
}

const roleChange =
  /set_config\(\s*'role'|\bset\s+(local\s+|session\s+)?role\b|reset\s+role|security\s+definer/i

/** Other ways to statements that no tenant's policies see, as `path way`, each once a file. */
export function otherBypasses(files: readonly SourceFile[]): string[] {
  return production(files).flatMap((file) => {
    const { tokens } = scan(file)
    const ways = tokens.flatMap((token, index) => {
      const next = (offset: number) => tokens[index + offset]?.text
      if (token.kind === 'template' || token.kind === 'string')
        return roleChange.test(token.text) ? ['changes the role'] : []
      if (
        token.text === 'database' &&
        next(1) === '.' &&
        ['query', 'execute', 'drizzle', 'transaction'].includes(next(2) ?? '')
      ) {
        return [`database.${next(2)}`]
      }
      if (token.text === 'as' && ['TenantTx', 'SystemTx', 'Tx'].includes(next(1) ?? ''))
        return [`makes a ${next(1)}`]
      return []
    })
    return [...new Set(ways)].map((way) => `${file.path} ${way}`)
  })
}
