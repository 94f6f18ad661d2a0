import type { Config } from '../../platform/config.ts'
import { ConfigError } from '../../platform/config.ts'
import { type Examination, examine } from '../doctor/examine.ts'
import { print, tableOf } from './output.ts'

/** @returns the exit code: 0 well or with warnings, 1 something failed */
export async function runDoctor(readConfig: () => Config, { json }: { json?: boolean }): Promise<number> {
  const found = await findings(readConfig)
  if (json) print(JSON.stringify({ data: found }, null, 2))
  else {
    print(
      tableOf(
        ['what', 'verdict', 'found'],
        found.map((one) => [one.what, one.verdict, one.found]),
      ),
    )
    const advice = found.filter((one) => one.advice !== undefined)
    if (advice.length > 0) print('\nWhat to do:')
    for (const one of advice) print(`  ${one.what}: ${one.advice}`)
  }
  return found.some((one) => one.verdict === 'failed') ? 1 : 0
}

async function findings(readConfig: () => Config): Promise<Examination[]> {
  let config: Config
  try {
    config = readConfig()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return [
      {
        what: 'configuration',
        verdict: 'failed',
        found: error.message.split('\n').slice(1).join('; ').trim(),
        advice: 'Set these right; "freehold config --help" and the README list all settings.',
      },
    ]
  }
  return examine(config)
}
