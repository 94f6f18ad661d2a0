import type { Actor } from '../../testing/test-app.ts'

export interface ShownPrompt {
  id: string
  name: string
  folder: string
  latestVersion: number
  labels: { label: string; version: number; canary: { version: number; percent: number } | null }[]
  archivedAt: string | null
}

const prompts = '/api/v1/prompts'

/** Makes a prompt whose versions are system messages, and gives its path. */
export async function makePrompt(
  owner: Pick<Actor, 'call'>,
  name: string,
  texts: readonly string[],
  fields: Record<string, unknown> = {},
): Promise<{ id: string; path: string }> {
  const [first = '', ...more] = texts
  const made = await owner.call<ShownPrompt>('POST', prompts, { name, version: versionOf(first), ...fields })
  if (made.status !== 201) throw new Error(`No prompt was made: ${JSON.stringify(made.body)}`)
  const path = `${prompts}/${made.body.id}`
  for (const text of more) await owner.call('POST', `${path}/versions`, versionOf(text))
  return { id: made.body.id, path }
}

export function versionOf(text: string) {
  return { messages: [{ role: 'system', content: text }] }
}
