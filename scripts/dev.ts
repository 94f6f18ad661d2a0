import { spawn } from 'node:child_process'
import path from 'node:path'

/** The server, restarted at each change, and the dashboard with hot reloading at http://localhost:5173. */
const root = path.join(import.meta.dirname, '..')
const commands: [string, string[]][] = [
  [
    process.execPath,
    ['--watch-path=server/src', '--watch-path=server/migrations', 'server/src/app/cli.ts', 'start'],
  ],
  [path.join(root, 'node_modules/.bin/vite'), ['dashboard']],
]
const children = commands.map(([command, args]) => spawn(command, args, { cwd: root, stdio: 'inherit' }))
const stop = () => {
  for (const child of children) child.kill('SIGTERM')
}
process.on('SIGINT', stop)
process.on('SIGTERM', stop)
for (const child of children) {
  child.on('exit', (code) => {
    stop()
    process.exitCode ??= code ?? 0
  })
}
