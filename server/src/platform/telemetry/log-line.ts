import { styleText } from 'node:util'

const levels: Record<number, { name: string; style: Parameters<typeof styleText>[0] }> = {
  10: { name: 'TRACE', style: 'gray' },
  20: { name: 'DEBUG', style: 'gray' },
  30: { name: 'INFO ', style: 'green' },
  40: { name: 'WARN ', style: 'yellow' },
  50: { name: 'ERROR', style: 'red' },
  60: { name: 'FATAL', style: 'red' },
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

// A terminal obeys escape sequences; a log line may hold a stranger's.
function harmless(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is being removed
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ')
}

function shown(value: unknown): string {
  if (typeof value === 'string') return /^[\w.:/@-]+$/.test(value) ? value : JSON.stringify(harmless(value))
  return harmless(JSON.stringify(value) ?? String(value))
}

/**
 * @param json one JSON log line
 * @returns the same for a person at a terminal: `12:03:44.120 INFO  message key=value`, an error's stack indented below
 */
export function formatLogLine(json: string, colors: boolean): string {
  let entry: unknown
  try {
    entry = JSON.parse(json)
  } catch {
    return json
  }
  if (!isRecord(entry)) return json
  const { level, time, msg, err, ...rest } = entry
  const known = levels[Number(level)] ?? { name: String(level), style: 'white' }
  const paint = (style: Parameters<typeof styleText>[0], text: string) =>
    colors ? styleText(style, text, { validateStream: false }) : text
  const parts = [paint('gray', String(time ?? '').slice(11, 23)), paint(known.style, known.name)]
  if (msg !== undefined) parts.push(harmless(String(msg)))
  for (const [key, value] of Object.entries(rest)) parts.push(`${paint('cyan', key)}=${shown(value)}`)
  let line = parts.join(' ')
  for (let error = err, lead = ''; isRecord(error); error = error.cause, lead = 'caused by ') {
    const stack = typeof error.stack === 'string' ? error.stack : `${error.type}: ${error.message}`
    const code = error.code === undefined ? '' : ` [${harmless(String(error.code))}]`
    line += `\n    ${lead}${stack.split('\n').map(harmless).join('\n    ')}${code}`
  }
  return `${line}\n`
}
