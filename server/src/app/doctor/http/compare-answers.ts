import type { Answer } from './send.ts'

/** Headers that differ from answer to answer whatever was asked. */
const ownHeaders = new Set(['x-request-id', 'date', 'ratelimit-remaining', 'ratelimit-reset'])

/** An answer without what is new in every answer: ids, times, durations. */
export function withoutChance(answer: Answer): string {
  const text = answer.text
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi, '<id>')
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, '<time>')
    // Each answer that is written again has one more beside it.
    .replaceAll(/"siblingIds":\[[^\]]*\]/g, '"siblingIds":<ids>')
    .replaceAll(/"(\w*Ms)":[\d.]+/g, '"$1":<ms>')
  const headers = Object.entries(answer.headers)
    .filter(([name]) => !ownHeaders.has(name))
    .map(([name, value]) => `${name}: ${value}`)
    .sort()
  return [String(answer.status), ...headers, text].join('\n')
}

/** The code and message of an error in either shape, to name it in a failure. */
export function show(answer: Answer): string {
  return `${answer.status} ${answer.text.slice(0, 200)}`
}
