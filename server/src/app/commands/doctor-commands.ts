import type { Command } from 'commander'
import type { Config } from '../../platform/config.ts'

export function addDoctorCommands(program: Command, readConfig: () => Config): void {
  const doctor = program
    .command('doctor')
    .description('look whether the installation is well, and say what to do where it is not')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `
Exit code: 0 well, 1 something failed.

Examples:
  freehold doctor
  freehold doctor isolation --out isolation-2026-01-31.txt`,
    )
    .action(async (options: { json?: boolean }) => {
      const { runDoctor } = await import('./run-doctor.ts')
      process.exitCode = await runDoctor(readConfig, options)
    })

  doctor
    .command('isolation')
    .description('prove on this installation that no organization reaches another')
    // A command inside another with the same option needs one of its own name space: it comes with the parent's.
    .option('--out <file>', 'write the report there, and only the verdict here')
    .addHelpText(
      'after',
      `
Reads the catalog, tries every kind of statement on every table in transactions that are undone, and asks every
operation of the API as everybody who must not get through. Two organizations are made for it and removed, also after
an interruption. A served installation may stay in use meanwhile; the server of an embedded one must be stopped.
With --json the report is JSON.

Exit code: 0 proven, 1 a breach was found, 2 it could not run or not everything could be tried.

Examples:
  freehold doctor isolation
  freehold doctor isolation --json --out isolation.json
  DATABASE_URL=postgres://… FREEHOLD_MASTER_KEY=… freehold doctor isolation`,
    )
    .action(async (_options: { out?: string }, command: Command) => {
      const { runIsolation } = await import('./run-isolation.ts')
      const options: { json?: boolean; out?: string } = command.optsWithGlobals()
      process.exitCode = await runIsolation(readConfig(), options)
    })

  doctor
    .command('books')
    .description('find what was edited in the usage of closed days, by whomever')
    .option('--organization <organization>', 'only this one, by id or slug')
    .option('--against <file>', 'an earlier report (--json): nothing that it saw may be gone')
    .addHelpText(
      'after',
      `
Compares every sealed call and adjusting entry with its seal, and names day, organization and record of what was changed,
taken away or put in. Keep the reports where nobody who administers the database can write: with --against they show also
that no day was taken away together with its seals. With --json the report is JSON.

Exit code: 0 nothing differs, 1 something does, 2 it could not run.

Examples:
  freehold doctor books
  freehold doctor books --json > books-2026-01-31.json
  freehold doctor books --against books-2026-01-31.json`,
    )
    .action(async (_options: object, command: Command) => {
      const { runBooks } = await import('./run-books.ts')
      const options: { json?: boolean; organization?: string; against?: string } = command.optsWithGlobals()
      process.exitCode = await runBooks(readConfig(), options)
    })
}
