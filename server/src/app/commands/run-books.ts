import { readFile } from 'node:fs/promises'
import { type BookHead, type BookReport, verifyBooks } from '../../modules/ledger/index.ts'
import { getOperatedOrganization } from '../../modules/organizations/index.ts'
import type { Config } from '../../platform/config.ts'
import { parseJson } from '../../platform/parse-json.ts'
import { withPlatform } from './open-for-command.ts'
import { print, tableOf, UsageError } from './output.ts'

const cannotRun = 2

/** @returns the exit code: 0 as they were sealed, 1 something differs, 2 it could not be looked at */
export async function runBooks(
  config: Config,
  options: { json?: boolean; organization?: string; against?: string },
): Promise<number> {
  try {
    const earlier = options.against === undefined ? [] : await readHeads(options.against)
    const report = await withPlatform(
      config,
      async (platform) => {
        const { organization } = options
        if (organization === undefined) return verifyBooks(platform, { earlier })
        const { id } = await getOperatedOrganization(platform, organization)
        return verifyBooks(platform, { organizationId: id, earlier })
      },
      { asItIs: true },
    )
    if (options.json) print(JSON.stringify(report, null, 2))
    else tell(report)
    return report.findings.length > 0 ? 1 : 0
  } catch (error) {
    if (error instanceof UsageError) throw error
    process.stderr.write(
      `The books could not be looked at: ${error instanceof Error ? error.message : String(error)}\n`,
    )
    return cannotRun
  }
}

function tell(report: BookReport): void {
  const { findings, organizations, records, adjustments, throughDay } = report
  if (findings.length > 0)
    print(
      tableOf(
        ['what', 'day', 'organization', 'record'],
        findings.map((one) => [one.what, one.day, one.organizationId, one.record]),
      ),
    )
  for (const { fromDay, throughDay: to, closedAt } of report.closedTogether)
    print(`The days ${fromDay} to ${to} were closed together at ${closedAt}: was the server off?`)
  const until = throughDay === null ? 'No day is closed yet' : `The books are closed through ${throughDay}`
  print(
    `${until}. ${records} calls and ${adjustments} adjusting entries of ${organizations} organizations were compared with ` +
      `their seals: ${findings.length === 0 ? 'nothing differs' : `${findings.length} findings`}.`,
  )
}

/** The heads of an earlier report, kept where nobody with the database's rights could change it. */
async function readHeads(file: string): Promise<BookHead[]> {
  const report = parseJson(await readFile(file, 'utf8'))
  const heads = typeof report === 'object' && report !== null && 'heads' in report ? report.heads : undefined
  if (!Array.isArray(heads) || !heads.every(isHead))
    throw new UsageError(`${file} is no report of "freehold doctor books --json".`)
  return heads
}

function isHead(value: unknown): value is BookHead {
  return (
    typeof value === 'object' &&
    value !== null &&
    'organizationId' in value &&
    typeof value.organizationId === 'string' &&
    'sequence' in value &&
    typeof value.sequence === 'number' &&
    'digest' in value &&
    typeof value.digest === 'string'
  )
}
