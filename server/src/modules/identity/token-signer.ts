import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { decodeJwt, type JWK, jwtVerify, SignJWT } from 'jose'
import { type Permission, permissions, type Role, roles } from '../../platform/auth/permissions.ts'
import { systemTx } from '../../platform/db/transactions.ts'
import { newId } from '../../platform/ids.ts'
import type { Platform } from '../../platform/platform.ts'
import { tokenInvalid } from './errors.ts'
import { insertSigningKey, listSigningKeys, type SigningKeyRow } from './store.ts'

/**
 * Access tokens: EdDSA JWTs of 15 minutes. Signing keys live in the database, sealed by the master key, and are
 * published without their secret half as JWKS. The newest signs; a key is replaced after 30 days and verifies for
 * one day more. A verifier that meets an unknown key id looks at the database once before it refuses.
 */
export interface AccessClaims {
  userId: string
  email: string
  sessionId: string
  organizationId: string | null
  role: Role | null
  permissions: readonly Permission[]
}

/** What a token says that was given for an API key: which one. What it may do is looked up at each request. */
export interface MachineClaims {
  apiKeyId: string
  organizationId: string
  permissions: readonly Permission[]
}

export interface SignedToken {
  token: string
  /** In seconds. */
  expiresIn: number
}

/** A token for an API key ends no later than the key: others, who have our public keys only, see when. */
export interface MachineTokenTerms {
  endsAt: Date | null
}

export interface TokenSigner {
  sign(claims: AccessClaims): Promise<string>
  signForMachine(claims: MachineClaims, terms: MachineTokenTerms): Promise<SignedToken>
  /** @throws identity.token_invalid (401), also for the token of a person */
  verifyMachine(token: string): Promise<Omit<MachineClaims, 'permissions'>>
  /** @throws identity.token_invalid (401) */
  verify(token: string): Promise<AccessClaims>
  publicKeys(): Promise<{ keys: JWK[] }>
}

export const accessTokenSeconds = 15 * 60
const keyLifeMs = 30 * 24 * 3600_000
const overlapMs = 24 * 3600_000
const audience = 'freehold'
/** Invented key ids cost one look at the database in this time, not one each. */
const lookAgainMs = 5_000

interface LoadedKey {
  id: string
  publicJwk: JWK
  publicKey: KeyObject
  privateKey: KeyObject
  createdAt: Date
}

export function createTokenSigner(platform: Platform): TokenSigner {
  let keys: LoadedKey[] = []
  let lookedAgainAtMs = Number.NEGATIVE_INFINITY
  let loading: Promise<void> | undefined
  const issuer = () => platform.publicUrl()

  async function load(): Promise<void> {
    const rows = await systemTx(platform, 'authenticate', async (tx) => {
      const found = await listSigningKeys(tx, 'EdDSA')
      const newest = found[0]
      if (newest && platform.clock.now().getTime() - newest.createdAt.getTime() < keyLifeMs) return found
      const made = makeKey(platform)
      await insertSigningKey(tx, made)
      return [made, ...found]
    })
    const oldestMs = platform.clock.now().getTime() - keyLifeMs - overlapMs
    const current = rows.filter((row, index) => index === 0 || row.createdAt.getTime() > oldestMs)
    keys = current.map((row) => openKey(platform, row))
  }

  function reload(): Promise<void> {
    loading ??= load().finally(() => {
      loading = undefined
    })
    return loading
  }

  async function currentKey(): Promise<LoadedKey> {
    const newest = keys[0]
    if (newest && platform.clock.now().getTime() - newest.createdAt.getTime() < keyLifeMs) return newest
    await reload()
    if (!keys[0]) throw new Error('There is no signing key.')
    return keys[0]
  }

  async function keyById(id: string | undefined): Promise<KeyObject> {
    const found = keys.find((key) => key.id === id)
    if (found) return found.publicKey
    const nowMs = platform.clock.now().getTime()
    if (keys.length === 0 || nowMs - lookedAgainAtMs > lookAgainMs) {
      lookedAgainAtMs = nowMs
      await reload()
    }
    const again = keys.find((key) => key.id === id)
    if (!again) throw tokenInvalid()
    return again.publicKey
  }

  async function signFor(
    subject: string,
    claims: Record<string, unknown>,
    endsAt: Date | null = null,
  ): Promise<SignedToken> {
    const key = await currentKey()
    const issuedAt = Math.floor(platform.clock.now().getTime() / 1000)
    const leftSeconds = endsAt ? Math.floor(endsAt.getTime() / 1000) - issuedAt : Number.POSITIVE_INFINITY
    const expiresIn = Math.max(0, Math.min(accessTokenSeconds, leftSeconds))
    const token = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'EdDSA', kid: key.id, typ: 'at+jwt' })
      .setSubject(subject)
      .setIssuer(issuer())
      .setAudience(audience)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + expiresIn)
      .setJti(newId())
      .sign(key.privateKey)
    return { token, expiresIn }
  }

  return {
    sign: async ({ userId, sessionId, ...claims }) =>
      (await signFor(userId, { ...claims, sid: sessionId })).token,
    signForMachine: ({ apiKeyId, ...claims }, { endsAt }) =>
      signFor(apiKeyId, { ...claims, keyId: apiKeyId }, endsAt),
    async verifyMachine(token) {
      try {
        const { payload } = await jwtVerify(token, (header) => keyById(header.kid), {
          algorithms: ['EdDSA'],
          typ: 'at+jwt',
          issuer: issuer(),
          audience,
          currentDate: platform.clock.now(),
          requiredClaims: ['sub', 'exp', 'iat', 'jti', 'keyId', 'organizationId'],
        })
        const { keyId, organizationId, sub } = payload
        if (typeof keyId !== 'string' || typeof organizationId !== 'string' || sub !== keyId)
          throw tokenInvalid()
        return { apiKeyId: keyId, organizationId }
      } catch (error) {
        throw tokenInvalid({ cause: error })
      }
    },
    async verify(token) {
      try {
        const { payload } = await jwtVerify(token, (header) => keyById(header.kid), {
          algorithms: ['EdDSA'],
          typ: 'at+jwt',
          issuer: issuer(),
          audience,
          currentDate: platform.clock.now(),
          requiredClaims: ['sub', 'exp', 'iat', 'jti', 'sid'],
        })
        return readClaims(payload)
      } catch (error) {
        throw tokenInvalid({ cause: error })
      }
    },
    async publicKeys() {
      await currentKey()
      return { keys: keys.map((key) => key.publicJwk) }
    },
  }
}

/** Whether a token says that it was given for an API key. Says nothing about its being genuine. */
export function isMachineToken(token: string): boolean {
  try {
    return 'keyId' in decodeJwt(token)
  } catch {
    return false
  }
}

function readClaims(payload: Record<string, unknown>): AccessClaims {
  const { sub, email, sid, organizationId, role, permissions: held } = payload
  if (typeof sub !== 'string' || typeof email !== 'string' || typeof sid !== 'string') throw tokenInvalid()
  return {
    userId: sub,
    email,
    sessionId: sid,
    organizationId: typeof organizationId === 'string' ? organizationId : null,
    role: roles.find((known) => known === role) ?? null,
    permissions: Array.isArray(held) ? permissions.filter((known) => held.includes(known)) : [],
  }
}

/** What wraps the server's own keys, beside the organizations'. */
const owner = { organizationId: 'server' }

function makeKey(platform: Platform): SigningKeyRow {
  const seed = platform.keyRing.generateDataKey()
  return {
    id: seed.id,
    algorithm: 'EdDSA',
    publicJwk: { ...publicHalf(privateKeyOf(seed.secret)), kid: seed.id, alg: 'EdDSA', use: 'sig' },
    privateSealed: platform.keyRing.wrapDataKey(seed, owner),
    createdAt: platform.clock.now(),
  }
}

function openKey(platform: Platform, row: SigningKeyRow): LoadedKey {
  const seed = platform.keyRing.unwrapDataKey(row.privateSealed, { ...owner, dataKeyId: row.id })
  const privateKey = privateKeyOf(seed.secret)
  return {
    id: row.id,
    publicJwk: row.publicJwk,
    publicKey: createPublicKey(privateKey),
    privateKey,
    createdAt: row.createdAt,
  }
}

/** An Ed25519 private key from its 32-byte seed: the fixed PKCS #8 header of RFC 8410, section 7, before it. */
function privateKeyOf(seed: KeyObject): KeyObject {
  const header = Buffer.from('302e020100300506032b657004220420', 'hex')
  return createPrivateKey({ key: Buffer.concat([header, seed.export()]), format: 'der', type: 'pkcs8' })
}

function publicHalf(privateKey: KeyObject): Record<string, unknown> {
  return { ...createPublicKey(privateKey).export({ format: 'jwk' }) }
}

/** The secret that signs browser cookies: made once, shared by every node through the database. */
export async function loadSessionSecret(platform: Platform): Promise<string> {
  return systemTx(platform, 'authenticate', async (tx) => {
    // Two nodes may each have made one at their first start: the oldest counts.
    const row = (await listSigningKeys(tx, 'session-secret')).at(-1)
    if (row) {
      const { secret } = platform.keyRing.unwrapDataKey(row.privateSealed, { ...owner, dataKeyId: row.id })
      return secret.export().toString('base64url')
    }
    const made = platform.keyRing.generateDataKey()
    await insertSigningKey(tx, {
      id: made.id,
      algorithm: 'session-secret',
      publicJwk: {},
      privateSealed: platform.keyRing.wrapDataKey(made, owner),
      createdAt: platform.clock.now(),
    })
    return made.secret.export().toString('base64url')
  })
}
