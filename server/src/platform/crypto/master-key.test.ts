import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { masterKeyInvalid } from './errors.ts'
import { loadOrCreateMasterKey, parseMasterKeys } from './master-key.ts'

const encodedKey = () => randomBytes(32).toString('base64')

describe('the setting', () => {
  test('one key is current, under a name that it keeps when another is put before it', () => {
    const [old, fresh] = [encodedKey(), encodedKey()]
    const alone = parseMasterKeys(old)
    expect(Buffer.from(alone.keys[0]?.key ?? []).toString('base64')).toBe(old)
    expect(alone.currentId).toBe(alone.keys[0]?.id)
    const rotated = parseMasterKeys(`${fresh}, ${old}`)
    expect(rotated.keys.map(({ id }) => id)).toEqual([rotated.currentId, alone.currentId])
    expect(rotated.currentId).not.toBe(alone.currentId)
  })

  test('keys may be named; the first is current', () => {
    const keys = parseMasterKeys(`spring:${encodedKey()},winter:${encodedKey()}`)
    expect(keys.currentId).toBe('spring')
    expect(keys.keys.map(({ id }) => id)).toEqual(['spring', 'winter'])
  })

  test('base64url is read too', () => {
    expect(parseMasterKeys(randomBytes(32).toString('base64url')).keys).toHaveLength(1)
  })

  test.each([
    ['', 'not base64'],
    ['hunter2!', 'not base64'],
    [randomBytes(16).toString('base64'), 'has 16 bytes'],
    [randomBytes(33).toString('base64'), 'has 33 bytes'],
    [randomBytes(32).toString('hex'), 'has 48 bytes'],
    [Buffer.alloc(32).toString('base64'), 'not random'],
    [Buffer.from('passwordpasswordpasswordpassword').toString('base64'), 'not random'],
    [`a b:${encodedKey()}`, 'bad id'],
    [`x:${encodedKey()},x:${encodedKey()}`, 'same id'],
    [`${encodedKey()},`, 'Master key 2 is not base64'],
  ])('%s is refused because it is %s', (text, reason) => {
    let message = ''
    try {
      parseMasterKeys(text)
    } catch (error) {
      expect(error).toMatchObject({ code: masterKeyInvalid.code })
      message = String(error)
    }
    expect(message).toContain(reason)
    for (const part of text.split(/[,:]/).filter((piece) => piece.length > 8))
      expect(message).not.toContain(part)
  })

  test('ten thousand random keys are all strong enough', () => {
    for (let index = 0; index < 10_000; index++) parseMasterKeys(encodedKey())
  })
})

describe('the file', () => {
  let folder = ''
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'master-key-'))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  test('is made at the first start, readable by its owner alone, and read at the next', async () => {
    const file = path.join(folder, 'data', 'master.key')
    const made = await loadOrCreateMasterKey(file)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect(await loadOrCreateMasterKey(file)).toEqual(made)
    expect(await readdir(path.dirname(file))).toEqual(['master.key'])
  })

  test('of many that start at about the same time all get the same key', async () => {
    for (let round = 0; round < 10; round++) {
      const file = path.join(folder, `${round}.key`)
      const starts = Array.from({ length: 20 }, async (_, index) => {
        await sleep(index % 7)
        return loadOrCreateMasterKey(file)
      })
      expect(new Set((await Promise.all(starts)).map(({ currentId }) => currentId)).size).toBe(1)
    }
    expect(await readdir(folder)).toHaveLength(10)
  })

  test('a file that others could read is closed to them', async () => {
    const file = path.join(folder, 'master.key')
    await loadOrCreateMasterKey(file)
    await chmod(file, 0o644)
    await loadOrCreateMasterKey(file)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
  })

  test.each([
    ['', 'empty'],
    ['not a key\n', 'text'],
  ])('a file that holds %j is refused and left as it is', async (content) => {
    const file = path.join(folder, 'master.key')
    await writeFile(file, content)
    await expect(loadOrCreateMasterKey(file)).rejects.toMatchObject({
      code: masterKeyInvalid.code,
      message: expect.stringContaining(file),
    })
    expect(await readFile(file, 'utf8')).toBe(content)
  })
})
