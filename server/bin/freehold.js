#!/usr/bin/env node
// The command of the package; npm puts the pinned Node on the path before it runs this.
if (Number(process.versions.node.split('.')[0]) < 24) {
  process.stderr.write(
    `Freehold needs Node 24 or newer; this is ${process.version}. Run it as: npx freehold …, which uses the pinned one.\n`,
  )
  process.exit(1)
}
await import('../src/app/cli.ts')
