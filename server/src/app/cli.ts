import { readFileSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { Command, CommanderError } from 'commander'
import { ConfigError, describeConfig, parseConfig } from '../platform/config.ts'
import { addDoctorCommands } from './commands/doctor-commands.ts'
import { addKeyCommands, addOrganizationCommands, addUserCommands } from './commands/operate-commands.ts'
import { UsageError } from './commands/output.ts'
import { quickenImports } from './quick-imports.ts'

enableCompileCache()
quickenImports()
// Whoever reads our output may have enough of it (`freehold config | head`).
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

const program = new Command('freehold')
  .description('The backend of an AI product, owned by the people who run it.')
  .version(versionOfPackage())
  .showHelpAfterError()
  // Its own exit code for what it cannot make sense of is that of a failure.
  .exitOverride()

program
  .command('start')
  .description('start the server and its dashboard')
  .option('-p, --port <port>', 'port to listen on (PORT)')
  .option('-d, --data-dir <folder>', 'folder of the embedded database (FREEHOLD_DATA_DIR)')
  .action(async (options: { port?: string; dataDir?: string }) => {
    const config = readConfig(options)
    const { runServer } = await import('./run-server.ts')
    await runServer(config)
  })

program
  .command('migrate')
  .description('bring the database to the newest schema')
  .action(async () => {
    const config = readConfig({})
    const { runMigrate } = await import('./run-migrate.ts')
    await runMigrate(config)
  })

program
  .command('config')
  .description('print the settings in force, without secrets')
  .option('--json', 'as JSON')
  .action((options: { json?: boolean }) => {
    const rows = describeConfig(readConfig({}))
    if (options.json)
      return print(JSON.stringify(Object.fromEntries(rows.map((row) => [row.name, row.value])), null, 2))
    const width = Math.max(...rows.map((row) => row.name.length))
    for (const row of rows) print(`${row.name.padEnd(width)}  ${row.value.padEnd(32)}  ${row.about}`)
  })

program
  .command('openapi')
  .description('print the OpenAPI 3.1 document')
  .action(async () => {
    const { openApiDocument } = await import('./openapi-document.ts')
    print(JSON.stringify(await openApiDocument(), null, 2))
  })

addDoctorCommands(program, () => readConfig({}))
addOrganizationCommands(program, () => readConfig({}))
addUserCommands(program, () => readConfig({}))
addKeyCommands(program, () => readConfig({}))

// 0 done, 1 refused or failed, 2 asked in a way that makes no sense.
try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2
  else {
    // A stack is for us; a person at a terminal wants the sentence.
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = error instanceof ConfigError || error instanceof UsageError ? 2 : 1
  }
}

function readConfig(options: { port?: string; dataDir?: string }) {
  return parseConfig({
    ...process.env,
    ...(options.port === undefined ? {} : { PORT: options.port }),
    ...(options.dataDir === undefined ? {} : { FREEHOLD_DATA_DIR: options.dataDir }),
  })
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

function versionOfPackage(): string {
  // Our own manifest; its version is a string.
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  return manifest.version
}
