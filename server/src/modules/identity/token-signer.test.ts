import { createHmac, createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { exportJWK, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemTx } from '../../platform/db/transactions.ts'
import { newId } from '../../platform/ids.ts'
import { type Actor, createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'
import { listSigningKeys } from './store.ts'

let on: TestApp
let ada: Actor
let signingKey: KeyObject

beforeAll(async () => {
  on = await createTestApp()
  ada = await signUp(on)
  signingKey = await readSigningKey()
})

afterAll(async () => {
  await on.dispose()
})

/** The server's own key, as whoever stole the master key and the database would read it. */
async function readSigningKey(): Promise<KeyObject> {
  const [row] = await systemTx(on.platform, 'authenticate', (tx) => listSigningKeys(tx, 'EdDSA'))
  if (!row) throw new Error('There is no signing key.')
  const { secret } = on.platform.keyRing.unwrapDataKey(row.privateSealed, {
    organizationId: 'server',
    dataKeyId: row.id,
  })
  const header = Buffer.from('302e020100300506032b657004220420', 'hex')
  return createPrivateKey({ key: Buffer.concat([header, secret.export()]), format: 'der', type: 'pkcs8' })
}

async function statusOf(token: string): Promise<number> {
  const response = await on.request('GET', '/api/v1/auth/session', { token })
  return response.status
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const decode = (part: string | undefined) => JSON.parse(Buffer.from(part ?? '', 'base64url').toString())
const headerOf = (token: string): Record<string, unknown> => decode(token.split('.')[0])
const claimsOf = (token: string): Record<string, unknown> => decode(token.split('.')[1])

/** Ada's own claims under another header or with other claims, signed by a key. */
function forge(
  key: KeyObject,
  header: Record<string, unknown>,
  claims: Record<string, unknown> = {},
): Promise<string> {
  const protectedHeader = { alg: 'EdDSA', ...headerOf(ada.token), ...header }
  return new SignJWT({ ...claimsOf(ada.token), ...claims }).setProtectedHeader(protectedHeader).sign(key)
}

describe('an access token is refused that', () => {
  test('is not signed at all', async () => {
    const claims = ada.token.split('.')[1]
    for (const alg of ['none', 'None', 'NONE', 'nOnE']) {
      const header = encode({ ...headerOf(ada.token), alg })
      expect(await statusOf(`${header}.${claims}.`)).toBe(401)
      expect(await statusOf(`${header}.${claims}.${ada.token.split('.')[2]}`)).toBe(401)
    }
  })

  test('is signed with HMAC, the published key as its secret', async () => {
    const { keys } = await on.identity.signer.publicKeys()
    const jwk = keys.find((key) => key.kid === headerOf(ada.token).kid)
    const signed = `${encode({ ...headerOf(ada.token), alg: 'HS256' })}.${ada.token.split('.')[1]}`
    for (const secret of [JSON.stringify(jwk), String(jwk?.x), Buffer.from(String(jwk?.x), 'base64url')]) {
      const mac = createHmac('sha256', secret).update(signed).digest('base64url')
      expect(await statusOf(`${signed}.${mac}`)).toBe(401)
    }
  })

  test('is signed by another key, under our key id, an unknown one, a path, or none', async () => {
    const { privateKey } = generateKeyPairSync('ed25519')
    for (const kid of [headerOf(ada.token).kid, newId(), '../../etc/passwd', "' or 1=1 --", undefined]) {
      expect(await statusOf(await forge(privateKey, { kid }))).toBe(401)
    }
  })

  test('brings its own key, or says where to fetch one', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    const jwk = await exportJWK(publicKey)
    const offers = [{ jwk }, { jku: 'http://127.0.0.1:9/keys' }, { x5u: 'http://127.0.0.1:9/keys' }]
    for (const offer of offers) {
      expect(await statusOf(await forge(privateKey, { ...offer, kid: newId() }))).toBe(401)
      expect(await statusOf(await forge(privateKey, offer))).toBe(401)
    }
  })

  test('is of our own key, but of another type, audience or issuer', async () => {
    expect(await statusOf(await forge(signingKey, {}))).toBe(200)
    expect(await statusOf(await forge(signingKey, { typ: 'JWT' }))).toBe(401)
    expect(await statusOf(await forge(signingKey, { typ: undefined }))).toBe(401)
    expect(await statusOf(await forge(signingKey, {}, { aud: 'someone-else' }))).toBe(401)
    expect(await statusOf(await forge(signingKey, {}, { aud: undefined }))).toBe(401)
    expect(await statusOf(await forge(signingKey, {}, { iss: 'https://elsewhere.example' }))).toBe(401)
    expect(await statusOf(await forge(signingKey, {}, { exp: undefined }))).toBe(401)
  })

  test('was changed in any one of its parts', async () => {
    const [header, claims, signature] = ada.token.split('.')
    const raised = encode({ ...claimsOf(ada.token), role: 'owner', sub: newId() })
    expect(await statusOf(`${header}.${raised}.${signature}`)).toBe(401)
    expect(await statusOf(`${header}.${claims}.${Buffer.alloc(64).toString('base64url')}`)).toBe(401)
    expect(await statusOf(`${header}.${claims}`)).toBe(401)
    expect(await statusOf('ey')).toBe(401)
    expect(await statusOf('ey.ey.ey')).toBe(401)
  })

  test('names another algorithm for our key, or marks an extension critical', async () => {
    const [, claims = ''] = ada.token.split('.')
    for (const alg of ['HS256', 'HS512', 'RS256', 'PS256', 'ES256', 'ES512', 'Ed448', '']) {
      const header = encode({ ...headerOf(ada.token), alg })
      expect(await statusOf(`${header}.${claims}.${ada.token.split('.')[2]}`)).toBe(401)
    }
    const critical = encode({ ...headerOf(ada.token), crit: ['exp'] })
    const signature = sign(null, Buffer.from(`${critical}.${claims}`), signingKey).toString('base64url')
    expect(await statusOf(`${critical}.${claims}.${signature}`)).toBe(401)
  })

  test('lacks what it must say, says it as another type, or is of tomorrow', async () => {
    expect(await statusOf(await forge(signingKey, {}))).toBe(200)
    for (const claims of [
      { sub: undefined },
      { sub: 7 },
      { sid: undefined },
      { sid: { id: newId() } },
      { jti: undefined },
      { iat: undefined },
      { exp: 'never' },
      { nbf: Math.floor(on.platform.clock.now().getTime() / 1000) + 3_600 },
      { aud: [] },
    ])
      expect(await statusOf(await forge(signingKey, {}, claims)), JSON.stringify(claims)).toBe(401)
  })

  test('was cut off anywhere, or has something behind it', async () => {
    for (const length of [10, 60, 200, ada.token.length - 4, ada.token.length - 1])
      expect(await statusOf(ada.token.slice(0, length))).toBe(401)
    expect(await statusOf(`${ada.token}.x`)).toBe(401)
    expect(await statusOf(`${ada.token}AAAA`)).toBe(401)
  })

  test('is a refresh token; and no access token refreshes', async () => {
    expect(await statusOf(ada.refreshToken)).toBe(401)
    const refreshed = await on.request('POST', '/api/v1/auth/refresh', {
      body: { refreshToken: ada.token.slice(0, 200) },
    })
    expect(refreshed.status).toBe(401)
  })

  test('is that of a machine which says it were a person, or the other way round', async () => {
    const keyId = newId()
    expect(await statusOf(await forge(signingKey, {}, { keyId }))).toBe(401)
    const { token: machine } = await on.identity.signer.signForMachine(
      {
        apiKeyId: keyId,
        organizationId: ada.organizationId,
        permissions: [],
      },
      { endsAt: null },
    )
    expect(await statusOf(machine)).toBe(401)
    await expect(on.identity.signer.verify(machine)).rejects.toMatchObject({ status: 401 })
    await expect(on.identity.signer.verifyMachine(ada.token)).rejects.toMatchObject({ status: 401 })
  })

  test('says what its person never had: it says who, the database says what they may do', async () => {
    const raised = await forge(
      signingKey,
      {},
      { permissions: ['system:admin'], role: 'owner', organizationId: newId() },
    )
    const session = await on.request('GET', `/api/v1/organizations/${ada.organizationId}`, { token: raised })
    expect(session.status).toBe(403)
  })

  test('is older than fifteen minutes', async () => {
    const person = await signUp(on)
    on.platform.clock.advance(15 * 60_000 - 2_000)
    expect(await statusOf(person.token)).toBe(200)
    on.platform.clock.advance(4_000)
    const response = await on.request('GET', '/api/v1/auth/session', { token: person.token })
    expect(response.status).toBe(401)
    expect(await response.json()).toMatchObject({ error: { code: 'identity.token_invalid' } })
  })
})
