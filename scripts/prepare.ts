import { spawnSync } from 'node:child_process'
import { prepareDatabase } from '../server/src/app/create-database.ts'

/** What npm runs after an installation: builds the dashboard, and the empty database that first starts copy. */
const preparing = prepareDatabase()
const { status } = spawnSync('npm', ['run', 'build', '-w', 'dashboard'], { stdio: 'inherit' })
await preparing
process.exitCode = status ?? 1
