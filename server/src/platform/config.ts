import path from 'node:path'
import type { z } from 'zod'
import { logsInAsApp } from './db/logs-in-as-app.ts'
import { type Setting, settings } from './settings.ts'

type Settings = typeof settings
export type SettingName = keyof Settings
export type Config = { readonly [Name in SettingName]: z.infer<Settings[Name]['schema']> }

/** A configuration that cannot be used; the message names each setting, what is wrong and an example. */
export class ConfigError extends Error {
  constructor(problems: readonly string[]) {
    super(`The configuration is not valid:\n${problems.map((problem) => `  ${problem}`).join('\n')}`)
    this.name = 'ConfigError'
  }
}

// Object.keys forgets the key type; the object above is the whole list.
export const settingNames = Object.keys(settings) as SettingName[]

/**
 * Reads the settings out of an environment. Empty values count as absent.
 * @throws ConfigError naming every bad setting at once
 */
export function parseConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const values: Record<string, unknown> = {}
  const problems: string[] = []
  for (const name of settingNames) {
    const setting: Setting = settings[name]
    const given = environment[name]?.trim()
    const result = setting.schema.safeParse(given === '' ? undefined : given)
    if (result.success) values[name] = result.data
    else {
      const shown = setting.secret ? 'the value given' : `"${withoutCredentials(given ?? '')}"`
      problems.push(`${name}: ${shown} ${reason(result.error)}. Example: ${name}=${setting.example}`)
    }
  }
  for (const name of Object.keys(environment)) {
    if (name.startsWith('FREEHOLD_') && !(name in settings)) {
      problems.push(`${name}: there is no such setting. Run "freehold config" to list them all.`)
    }
  }
  // A refused value is absent here, and would be called missing: what contradicts shows once each is good by itself.
  if (settingNames.every((name) => name in values)) problems.push(...contradictions(values))
  if (problems.length > 0) throw new ConfigError(problems)
  // Every name of the table was parsed by its own schema above.
  return Object.freeze(values) as Config
}

function reason(error: z.ZodError): string {
  return error.issues[0]?.message ?? 'is not valid'
}

function contradictions(values: Record<string, unknown>): string[] {
  const problems: string[] = []
  const together = ['S3_ENDPOINT', 'S3_BUCKET', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY']
  const given = together.filter((name) => values[name] !== undefined)
  if (given.length > 0 && given.length < together.length) {
    const absent = together.filter((name) => values[name] === undefined)
    problems.push(
      `${absent.join(', ')}: missing, while ${given.join(', ')} is set. S3 storage needs all four.`,
    )
  }
  if (values.FREEHOLD_INIT_EMAIL !== undefined && values.FREEHOLD_INIT_PASSWORD === undefined) {
    problems.push(
      'FREEHOLD_INIT_PASSWORD: missing, while FREEHOLD_INIT_EMAIL is set. Example: FREEHOLD_INIT_PASSWORD=at least ten characters',
    )
  }
  const dependent = ['FREEHOLD_INIT_PASSWORD', 'FREEHOLD_INIT_ORGANIZATION', 'FREEHOLD_INIT_API_KEY']
  const first = dependent.find((name) => values[name] !== undefined)
  if (first && values.FREEHOLD_INIT_EMAIL === undefined) {
    problems.push(
      `FREEHOLD_INIT_EMAIL: missing, while ${first} is set. Example: FREEHOLD_INIT_EMAIL=ada@example.com`,
    )
  }
  for (const provider of ['GOOGLE', 'GITHUB']) {
    const pair = [`${provider}_CLIENT_ID`, `${provider}_CLIENT_SECRET`]
    const absent = pair.filter((name) => values[name] === undefined)
    if (absent.length === 1)
      problems.push(`${absent[0]}: missing. Signing in with ${provider} needs both ${pair.join(' and ')}.`)
  }
  if (
    values.DATABASE_URL === undefined &&
    values.FREEHOLD_ROLE !== undefined &&
    values.FREEHOLD_ROLE !== 'all'
  ) {
    problems.push(
      'FREEHOLD_ROLE: the embedded database serves one process only. Set DATABASE_URL, or FREEHOLD_ROLE=all',
    )
  }
  // A pooler in transaction mode passes no startup options on: the role cannot be set by them.
  if (values.DATABASE_DIRECT_URL !== undefined && !logsInAsApp(String(values.DATABASE_URL))) {
    problems.push(
      'DATABASE_URL: must log in as freehold_app while DATABASE_DIRECT_URL is set. Example: DATABASE_URL=postgres://freehold_app:password@pooler:6432/freehold',
    )
  }
  if (values.DATABASE_URL !== undefined && values.FREEHOLD_MASTER_KEY === undefined) {
    problems.push(
      'FREEHOLD_MASTER_KEY: missing, while DATABASE_URL is set. Every node needs the same key, so none is made. Example: FREEHOLD_MASTER_KEY=$(openssl rand -base64 32)',
    )
  }
  return problems
}

/** The settings in force, one row each, secrets hidden: what `freehold config` prints. */
export function describeConfig(config: Config): { name: SettingName; value: string; about: string }[] {
  return settingNames.map((name) => {
    const setting: Setting = settings[name]
    const value = config[name]
    const plain = typeof value === 'object' ? JSON.stringify(value) : String(value)
    const shown = value === undefined ? '(not set)' : setting.secret ? '(set, hidden)' : plain
    return { name, value: withoutCredentials(shown), about: setting.about }
  })
}

/** A URL may carry a password even where none is expected. */
function withoutCredentials(value: string): string {
  return value.replace(/\/\/\S*@/, '//…@')
}

/** Where the embedded data lives, absolute. */
export function dataDirectory(config: Config): string {
  return path.resolve(config.FREEHOLD_DATA_DIR)
}
