/**
 * Names for statements that come again and again. A named statement is parsed and planned once a connection; for a small
 * read under row-level security that is more than half of what it costs the database.
 */
export interface StatementNames {
  /** The name for a statement's text; undefined for one that is new, or when names have run out. */
  nameOf(text: string): string | undefined
}

const usesBeforeNamed = 3
const mostCounted = 1_000

/** @param most how many get a name: each costs memory in every connection */
export function createStatementNames(most = 200): StatementNames {
  const names = new Map<string, string>()
  let uses = new Map<string, number>()
  return {
    nameOf(text) {
      const known = names.get(text)
      if (known !== undefined || names.size >= most) return known
      const count = (uses.get(text) ?? 0) + 1
      if (count < usesBeforeNamed) {
        // Texts that are made anew for each request would fill it: it begins again.
        if (uses.size >= mostCounted) uses = new Map()
        uses.set(text, count)
        return undefined
      }
      uses.delete(text)
      const name = `statement_${names.size + 1}`
      names.set(text, name)
      return name
    },
  }
}
