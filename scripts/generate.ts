import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { openApiDocument } from '../server/src/app/openapi-document.ts'

/**
 * Writes what is made from the code: the OpenAPI document and the SDK's types. With --check nothing is written, and
 * the exit status says whether they are current.
 */
const root = path.join(import.meta.dirname, '..')
const documentFile = path.join(root, 'sdk/openapi.json')
const typesFile = path.join(root, 'sdk/src/schema.gen.ts')

const document = `${JSON.stringify(await openApiDocument(), null, 2)}\n`
if (process.argv.includes('--check')) {
  if (readFileSync(documentFile, 'utf8') !== document) {
    process.stderr.write('sdk/openapi.json is not what the code says. Run: npm run generate\n')
    process.exit(1)
  }
  process.exit(0)
}
writeFileSync(documentFile, document)
execFileSync('npx', ['--no-install', 'openapi-typescript', documentFile, '-o', typesFile], {
  cwd: path.join(root, 'sdk'),
  stdio: 'inherit',
})
