/** What a check found: a sentence, and where it can be told how to see it again. */
export interface Finding {
  sentence: string
  reproduce?: string
}

/** `unproven`: what could not be asked properly, so that its silence proves nothing. */
export type Verdict = 'pass' | 'breach' | 'unproven'

export interface CheckReport {
  area: 'schema' | 'database' | 'http'
  title: string
  /** How it was done, in a sentence that somebody who did not write it can follow. */
  how: string
  verdict: Verdict
  /** How many things were looked at, and what they are. */
  tried: { count: number; what: string }
  findings: Finding[]
  durationMs: number
}

export interface IsolationReport {
  report: 'freehold isolation'
  format: 1
  installation: string
  version: string
  runId: string
  database: { kind: string; version: string; name: string; loginRole: string; loginBypassesPolicies: boolean }
  /** Of tables, columns, policies, constraints, rights, roles, functions and views, whoever owns them. */
  schemaHash: string
  migrations: string[]
  startedAt: string
  endedAt: string
  durationMs: number
  counts: {
    tenantTables: number
    tablesOutside: number
    policies: number
    statements: number
    operations: number
    requests: number
  }
  leftoversRemoved: { people: number; organizations: number; files: number }
  removed: { people: number; organizations: number; files: number }
  checks: CheckReport[]
  verdict: Verdict
}

/** The worst of them. */
export function overall(checks: readonly Pick<CheckReport, 'verdict'>[]): Verdict {
  if (checks.some((check) => check.verdict === 'breach')) return 'breach'
  return checks.some((check) => check.verdict === 'unproven') ? 'unproven' : 'pass'
}

const words: Readonly<Record<Verdict, string>> = { pass: 'PASS', breach: 'BREACH', unproven: 'UNPROVEN' }
const areas = {
  schema: 'What the database says of itself',
  database: 'What the database does',
  http: 'What the program answers',
}

/** As text that a person reads and keeps. */
export function reportText(report: IsolationReport): string {
  const { database, counts, removed, leftoversRemoved } = report
  const facts = [
    ['Installation', report.installation],
    ['Version', `Freehold ${report.version}`],
    ['Database', `${database.version} (${database.kind}), ${database.name}`],
    [
      'Logs in as',
      `${database.loginRole}${database.loginBypassesPolicies ? ', which could bypass policies; every statement runs as freehold_app, which cannot' : ''}`,
    ],
    ['Schema', `sha256:${report.schemaHash}`],
    ['Migrations', report.migrations.join(', ')],
    ['Began', report.startedAt],
    ['Ended', `${report.endedAt} (${seconds(report.durationMs)})`],
    ['Run', report.runId],
    [
      'Looked at',
      `${counts.tenantTables} tables behind the wall, ${counts.tablesOutside} outside it, ${counts.policies} policies; ` +
        `${counts.statements} statements; ${counts.operations} operations, ${counts.requests} requests`,
    ],
    ['Removed', `${removed.organizations} organizations, ${removed.people} people, ${removed.files} files`],
    ...(leftoversRemoved.people + leftoversRemoved.organizations > 0
      ? [
          [
            'Left over',
            `by an earlier run, removed now: ${leftoversRemoved.organizations} organizations, ${leftoversRemoved.people} people`,
          ],
        ]
      : []),
  ]
  const lines = ['Freehold: proof that organizations are isolated from each other', '']
  for (const [name = '', value = ''] of facts) lines.push(`${name.padEnd(13)} ${value}`)
  for (const [area, heading] of Object.entries(areas)) {
    lines.push('', heading, '─'.repeat(heading.length))
    for (const check of report.checks.filter((one) => one.area === area)) lines.push(...checkLines(check))
  }
  lines.push('', summary(report), '')
  return lines.join('\n')
}

function checkLines(check: CheckReport): string[] {
  const most = 50
  const { tried, findings } = check
  return [
    `${words[check.verdict].padEnd(8)}  ${check.title} (${tried.count} ${tried.what}, ${seconds(check.durationMs)})`,
    ...wrapped(check.how).map((line) => `          ${line}`),
    ...findings
      .slice(0, most)
      .flatMap(({ sentence, reproduce }) => [
        `          • ${sentence}`,
        ...(reproduce === undefined ? [] : [`            again: ${reproduce}`]),
      ]),
    ...(findings.length > most
      ? [`          • and ${findings.length - most} more; --json names them all`]
      : []),
  ]
}

function wrapped(text: string): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const line = lines.at(-1)
    if (line === undefined || line.length + word.length > 98) lines.push(word)
    else lines[lines.length - 1] = `${line} ${word}`
  }
  return lines
}

/** The verdict in one sentence. */
export function summary({ checks, verdict, durationMs }: IsolationReport): string {
  const took = `${checks.length} checks in ${seconds(durationMs)}`
  const failing = checks.filter((check) => check.verdict === verdict).map((check) => check.title)
  if (verdict === 'pass') return `PASS: no organization reached another (${took}).`
  if (verdict === 'breach') return `BREACH: the wall has a hole (${took}): ${failing.join('; ')}.`
  return `UNPROVEN: nothing got through, but not everything could be tried (${took}): ${failing.join('; ')}.`
}

function seconds(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(1)} s`
}
