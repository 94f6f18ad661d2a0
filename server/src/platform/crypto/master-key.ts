import { createHash, randomBytes } from 'node:crypto'
import { chmod, link, mkdir, open, readFile, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { masterKeyInvalid } from './errors.ts'
import type { MasterKeys } from './key-ring.ts'

const keyBytes = 32
// 32 random bytes hold about 30 different values; fewer than 20 do not happen by chance (under one in 10^11).
const leastDifferentBytes = 20
const howTo = 'Make one with: openssl rand -base64 32'

/**
 * Reads `FREEHOLD_MASTER_KEY`: one base64 key, or several as `id:key,id:key`, the first being current. To rotate, put
 * a new key in front and keep the old one. A key without an id is called by its own fingerprint, so it keeps its name
 * when another is put before it.
 * @throws crypto.master_key_invalid saying what is wrong and how to make one; never showing the key
 */
export function parseMasterKeys(text: string): MasterKeys {
  const keys = text.split(',').map((entry, index) => parseEntry(entry.trim(), index + 1))
  const first = keys[0]
  if (!first) throw masterKeyInvalid({ message: `The master key is empty. ${howTo}` })
  const ids = new Set(keys.map(({ id }) => id))
  if (ids.size < keys.length) throw masterKeyInvalid({ message: 'Two master keys have the same id.' })
  return { keys, currentId: first.id }
}

function parseEntry(entry: string, position: number) {
  const colon = entry.indexOf(':')
  const encoded = entry.slice(colon + 1)
  const where = `Master key ${position}`
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(encoded))
    throw masterKeyInvalid({ message: `${where} is not base64. ${howTo}` })
  const key = Buffer.from(encoded, 'base64')
  if (key.length !== keyBytes) {
    throw masterKeyInvalid({
      message: `${where} has ${key.length} bytes; it needs exactly ${keyBytes}. ${howTo}`,
    })
  }
  if (new Set(key).size < leastDifferentBytes) {
    throw masterKeyInvalid({ message: `${where} is not random: too few different bytes. ${howTo}` })
  }
  const id = colon < 0 ? fingerprint(key) : entry.slice(0, colon)
  if (!/^[\w-]{1,64}$/.test(id)) {
    throw masterKeyInvalid({ message: `${where} has a bad id: letters, digits, - and _, at most 64.` })
  }
  return { id, key: new Uint8Array(key) }
}

function fingerprint(key: Uint8Array): string {
  return `k${createHash('sha256').update('master-key-id').update(key).digest('hex').slice(0, 12)}`
}

/**
 * Reads the master keys of an embedded installation, making one at the first start. The file has mode 0600; of two
 * processes that start at once one wins and both read its key; a crash leaves a whole file or none.
 * @throws crypto.master_key_invalid when the file holds something else: it is never overwritten
 */
export async function loadOrCreateMasterKey(filePath: string): Promise<MasterKeys> {
  const existing = await readIfThere(filePath)
  if (existing !== undefined) return existing
  const folder = path.dirname(filePath)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const draft = `${filePath}.${randomBytes(8).toString('hex')}.tmp`
  try {
    const file = await open(draft, 'wx', 0o600)
    try {
      await file.writeFile(`${randomBytes(keyBytes).toString('base64')}\n`)
      await file.sync()
    } finally {
      await file.close()
    }
    // A hard link appears whole and fails when the name is taken; a rename would replace the other's key.
    await link(draft, filePath).catch(ignoreCode('EEXIST'))
  } finally {
    await rm(draft, { force: true })
  }
  const directory = await open(folder)
  await directory.sync().finally(() => directory.close())
  const made = await readIfThere(filePath)
  if (made === undefined)
    throw masterKeyInvalid({ message: `The master key file ${filePath} vanished while it was made.` })
  return made
}

async function readIfThere(filePath: string): Promise<MasterKeys | undefined> {
  const text = await readFile(filePath, 'utf8').catch(ignoreCode('ENOENT'))
  if (text === undefined) return undefined
  const { mode } = await stat(filePath)
  if ((mode & 0o077) !== 0) await chmod(filePath, 0o600)
  try {
    return parseMasterKeys(text.trim())
  } catch (error) {
    const reason = error instanceof Error ? error.message : ''
    throw masterKeyInvalid({
      message: `The master key file ${filePath} cannot be used. ${reason}`,
      cause: error,
    })
  }
}

function ignoreCode(code: string) {
  return (error: unknown): undefined => {
    if (!(error instanceof Error && 'code' in error && error.code === code)) throw error
  }
}
