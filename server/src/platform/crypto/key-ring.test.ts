import { randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { newId } from '../ids.ts'
import { cannotDecrypt, masterKeyInvalid, unknownKey } from './errors.ts'
import { createKeyRing, dataKeyIdOf, decrypt, decryptText, encrypt } from './key-ring.ts'

const masterKey = (id: string) => ({ id, key: new Uint8Array(randomBytes(32)) })
const ring = createKeyRing({ keys: [masterKey('a')], currentId: 'a' })
const dataKey = ring.generateDataKey()
const cell = { organizationId: newId(), table: 'message', column: 'content', rowId: newId() }
const refused = expect.objectContaining({ code: cannotDecrypt.code })

function thrownBy(work: () => unknown): unknown {
  try {
    work()
  } catch (error) {
    return error
  }
  throw new Error('It did not throw.')
}

describe('a sealed value', () => {
  test('opens to exactly what was sealed, text or bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.uint8Array({ maxLength: 2_000 }), (text, bytes) => {
        expect(decryptText(dataKey, encrypt(dataKey, text, cell), cell)).toBe(text.toWellFormed())
        expect(new Uint8Array(decrypt(dataKey, encrypt(dataKey, bytes, cell), cell))).toEqual(bytes)
      }),
    )
  })

  test('is v1, the data key id and three base64url parts', () => {
    const sealed = encrypt(dataKey, 'hello', cell)
    expect(sealed).toMatch(new RegExp(`^v1\\.${dataKey.id}\\.[\\w-]{16}\\.[\\w-]{7}\\.[\\w-]{22}$`))
    expect(dataKeyIdOf(sealed)).toBe(dataKey.id)
  })

  test('does not open in another row, column, table or organization', () => {
    const sealed = encrypt(dataKey, 'hello', cell)
    const part = fc.constantFrom('organizationId', 'table', 'column', 'rowId')
    fc.assert(
      fc.property(part, fc.string(), (name, value) => {
        fc.pre(cell[name as keyof typeof cell] !== value) // the four names above are the cell's keys
        expect(thrownBy(() => decrypt(dataKey, sealed, { ...cell, [name]: value }))).toEqual(refused)
      }),
    )
  })

  test('no two addresses are taken for each other, wherever their parts are divided', () => {
    const parts = fc.tuple(fc.string(), fc.string(), fc.string(), fc.string())
    const address = ([organizationId, table, column, rowId]: [string, string, string, string]) => ({
      organizationId,
      table,
      column,
      rowId,
    })
    const shifted = encrypt(dataKey, 'x', address(['a","b', 'c', 'd', 'e']))
    expect(thrownBy(() => decrypt(dataKey, shifted, address(['a', 'b","c', 'd', 'e'])))).toEqual(refused)
    fc.assert(
      fc.property(parts, parts, (one, other) => {
        fc.pre(JSON.stringify(one) !== JSON.stringify(other))
        const sealed = encrypt(dataKey, 'x', address(one))
        expect(thrownBy(() => decrypt(dataKey, sealed, address(other)))).toEqual(refused)
      }),
    )
  })

  test('does not open when any one character is changed, removed or added', () => {
    const sealed = encrypt(dataKey, 'hello there', cell)
    const letter = fc.constantFrom(...'ABCxyz019-_.=+/ ')
    fc.assert(
      fc.property(fc.nat(sealed.length - 1), letter, fc.constantFrom(0, 1), (at, character, removed) => {
        const changed = sealed.slice(0, at) + character + sealed.slice(at + removed)
        fc.pre(changed !== sealed)
        expect(thrownBy(() => decrypt(dataKey, changed, cell))).toEqual(refused)
      }),
      { numRuns: 500 },
    )
    expect(thrownBy(() => decrypt(dataKey, '', cell))).toEqual(refused)
    expect(thrownBy(() => decrypt(dataKey, `${sealed}\n`, cell))).toEqual(refused)
  })

  test('does not open with another key, not even one of the same id', () => {
    const sealed = encrypt(dataKey, 'hello', cell)
    const other = ring.generateDataKey()
    expect(thrownBy(() => decrypt(other, sealed, cell))).toEqual(refused)
    expect(thrownBy(() => decrypt({ id: dataKey.id, secret: other.secret }, sealed, cell))).toEqual(refused)
  })

  test('differs each time, so equal values cannot be told', () => {
    const sealed = new Set(Array.from({ length: 1_000 }, () => encrypt(dataKey, 'hello', cell)))
    expect(sealed.size).toBe(1_000)
    expect(new Set([...sealed].map((text) => text.split('.')[2])).size).toBe(1_000)
  })
})

describe('a data key', () => {
  const owner = { organizationId: newId() }

  test('comes back from its wrapping, for the same organization and id only', () => {
    const wrapped = ring.wrapDataKey(dataKey, owner)
    const sealed = encrypt(dataKey, 'hello', cell)
    const unwrapped = ring.unwrapDataKey(wrapped, { ...owner, dataKeyId: dataKey.id })
    expect(decryptText(unwrapped, sealed, cell)).toBe('hello')
    const stranger = { organizationId: newId(), dataKeyId: dataKey.id }
    expect(thrownBy(() => ring.unwrapDataKey(wrapped, stranger))).toEqual(refused)
    expect(thrownBy(() => ring.unwrapDataKey(wrapped, { ...owner, dataKeyId: newId() }))).toEqual(refused)
  })

  test('a wrapped key is no sealed value, and the other way round', () => {
    const sealed = encrypt({ id: 'a', secret: dataKey.secret }, 'hello', cell)
    expect(thrownBy(() => ring.unwrapDataKey(sealed, { ...owner, dataKeyId: dataKey.id }))).toEqual(refused)
    expect(thrownBy(() => decrypt(dataKey, ring.wrapDataKey(dataKey, owner), cell))).toEqual(refused)
  })

  test('is not printed by JSON or the console', () => {
    const bytes = dataKey.secret.export()
    for (const shown of [JSON.stringify(dataKey), inspect(dataKey, { depth: 9, showHidden: true })]) {
      for (const encoding of ['hex', 'base64', 'base64url'] as const)
        expect(shown).not.toContain(bytes.toString(encoding))
    }
  })
})

describe('rotating the master key', () => {
  const owner = { organizationId: newId(), dataKeyId: dataKey.id }
  const [old, current] = [masterKey('old'), masterKey('new')]
  const before = createKeyRing({ keys: [old], currentId: 'old' })
  const during = createKeyRing({ keys: [current, old], currentId: 'new' })
  const after = createKeyRing({ keys: [current], currentId: 'new' })
  const wrapped = before.wrapDataKey(dataKey, owner)
  const sealed = encrypt(dataKey, 'hello', cell)

  test('old wrappings still open, re-wrapped ones open without the old key, and no row changes', () => {
    expect(decryptText(during.unwrapDataKey(wrapped, owner), sealed, cell)).toBe('hello')
    const rewrapped = during.rewrap(wrapped, owner)
    expect(decryptText(after.unwrapDataKey(rewrapped, owner), sealed, cell)).toBe('hello')
    expect(during.rewrap(rewrapped, owner)).toBe(rewrapped)
  })

  test('without the old key an old wrapping says which key is missing, to the log only', () => {
    const error = thrownBy(() => after.unwrapDataKey(wrapped, owner))
    expect(error).toMatchObject({
      code: unknownKey.code,
      cause: { message: expect.stringContaining('the key old') },
    })
    expect(String(error)).not.toContain('FREEHOLD_MASTER_KEY')
  })

  test('a key of the same id with other bytes opens nothing', () => {
    const impostor = createKeyRing({ keys: [masterKey('old')], currentId: 'old' })
    expect(thrownBy(() => impostor.unwrapDataKey(wrapped, owner))).toEqual(refused)
  })
})

test.each([
  ['two keys of one id', { keys: [masterKey('a'), masterKey('a')], currentId: 'a' }],
  ['a current key that is not there', { keys: [masterKey('a')], currentId: 'b' }],
  ['a short key', { keys: [{ id: 'a', key: new Uint8Array(31) }], currentId: 'a' }],
  ['an id with a dot', { keys: [masterKey('a.b')], currentId: 'a.b' }],
])('a key ring refuses %s', (_name, keys) => {
  expect(thrownBy(() => createKeyRing(keys))).toMatchObject({ code: masterKeyInvalid.code })
})
