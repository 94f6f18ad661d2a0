import { lockDataDirectory } from './data-directory-lock.ts'

// A process that takes the lock of the directory it is given, says how that went, and keeps it until it is killed.
const [directory = ''] = process.argv.slice(2)
try {
  const lock = await lockDataDirectory(directory)
  process.stdout.write('held\n')
  process.stdin.once('data', () => {
    void lock.release().then(() => process.exit(0))
  })
} catch (error) {
  process.stdout.write(`refused ${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(0)
}
