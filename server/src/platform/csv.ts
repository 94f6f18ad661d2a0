/** One line of CSV (RFC 4180) of values that spreadsheets take for text. */
export function csvLine(values: readonly (string | null)[]): string {
  return `${values.map((value) => cell(value ?? '')).join(',')}\r\n`
}

/**
 * A value that begins like a formula would be one in a spreadsheet, and so would what stands behind a separator of another
 * country's; a quote before it keeps it text.
 */
function cell(value: string): string {
  const text = value.replaceAll(/(^|[;,\t|]\s*)(?=[=+\-@\t\r])/g, "$1'")
  return /[",;\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
