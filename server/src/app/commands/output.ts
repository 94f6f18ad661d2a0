/** A request that a command cannot make sense of: exit code 2. */
export class UsageError extends Error {}

export function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

type Cell = string | number | boolean | null

/** Rows under headings as wide as their longest cell; the last column runs free. */
export function tableOf(headings: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const cells = [headings, ...rows].map((row) => row.map((cell) => (cell === null ? '-' : String(cell))))
  const widths = headings.map((_, place) => Math.max(...cells.map((row) => row[place]?.length ?? 0)))
  return cells
    .map((row) =>
      row
        .map((cell, place) => (place === row.length - 1 ? cell : cell.padEnd(widths[place] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** A list as a table, or as JSON for programs: `{"data": […]}`. */
export function printList<Row extends Record<string, unknown>>(
  rows: readonly Row[],
  json: boolean | undefined,
  columns: Readonly<Record<string, (row: Row) => Cell>>,
): void {
  const cells = rows.map((row) => Object.values(columns).map((cell) => cell(row)))
  if (json) print(JSON.stringify({ data: rows }, null, 2))
  else print(rows.length === 0 ? 'There are none.' : tableOf(Object.keys(columns), cells))
}

/** One thing as `name  value` lines, or as JSON. */
export function printOne(value: Record<string, unknown>, json: boolean | undefined): void {
  if (json) {
    print(JSON.stringify(value, null, 2))
    return
  }
  const width = Math.max(...Object.keys(value).map((name) => name.length))
  for (const [name, part] of Object.entries(value)) {
    const shown = typeof part === 'object' && part !== null ? JSON.stringify(part) : String(part ?? '-')
    print(`${name.padEnd(width)}  ${shown}`)
  }
}

/** The first line of what is piped in. @throws UsageError when nothing is */
export async function readSecret(what: string): Promise<string> {
  if (process.stdin.isTTY) {
    throw new UsageError(
      `The ${what} is read from standard input, so that no list of processes shows it: pipe it in.`,
    )
  }
  const parts: Buffer[] = []
  for await (const part of process.stdin) parts.push(Buffer.from(part))
  const line = Buffer.concat(parts).toString('utf8').split(/\r?\n/)[0] ?? ''
  if (line === '') throw new UsageError(`The ${what} is read from standard input, which was empty.`)
  return line
}
