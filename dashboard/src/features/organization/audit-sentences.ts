import type { ActivityEntry } from '../../app/api-types.ts'

const verbs: Record<string, string> = {
  create: 'created',
  update: 'changed',
  set: 'set',
  rename: 'renamed',
  delete: 'deleted',
  remove: 'removed',
  add: 'added',
  change_role: 'changed the role of',
  revoke: 'revoked',
  upload: 'uploaded',
  retry: 'started again',
  sign_in: 'signed in',
  sign_up: 'signed up',
  sign_out: 'signed out',
}

function words(text: string): string {
  return text.replace(/[._-]/g, ' ')
}

/** What was done, in words: `api_key.create` becomes “created an API key”. An action of a later server is shown as it is. */
export function sentenceOf(entry: ActivityEntry): string {
  const dot = entry.action.lastIndexOf('.')
  const verb = entry.action.slice(dot + 1)
  const known = verbs[verb]
  const thing = words(dot === -1 ? entry.entity.type : entry.action.slice(0, dot))
    .replace(/\bapi key\b/, 'API key')
    .trim()
  if (!known) return words(entry.action)
  if (verb.startsWith('sign_')) return known
  const article = /^(budget|organization|profile)$/.test(thing) ? 'the' : /^[aeiou]/i.test(thing) ? 'an' : 'a'
  const name = nameIn(entry.changes)
  return `${known} ${article} ${thing}${name ? ` “${name}”` : ''}`
}

/** The thing's own name, where the entry tells it. */
function nameIn(changes: ActivityEntry['changes']): string | null {
  for (const key of ['name', 'title', 'email']) {
    const value = changes?.[key]
    const latest = typeof value === 'object' && value !== null && 'to' in value ? value.to : value
    if (typeof latest === 'string' && latest !== '') return latest
  }
  return null
}
