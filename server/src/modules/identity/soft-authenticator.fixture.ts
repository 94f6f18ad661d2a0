import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

type Cbor = number | string | Buffer | [number | string, Cbor][]

/** RFC 8949, as much as an attestation without statement needs. */
function cbor(value: Cbor): Buffer {
  const head = (major: number, count: number) =>
    Buffer.from([(major << 5) | Math.min(count, 24), ...(count < 24 ? [] : [count])])
  if (typeof value === 'number') return value >= 0 ? head(0, value) : head(1, -1 - value)
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)])
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value])
  return Buffer.concat([head(5, value.length), ...value.flatMap(([key, item]) => [cbor(key), cbor(item)])])
}

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest()
const flags = { present: 0x01, verified: 0x04, hasCredential: 0x40 }

export interface Quirks {
  origin?: string
  rpId?: string
  verified?: boolean
  counter?: number
  key?: KeyObject
  challenge?: string
  type?: string
}

/** For tests: an authenticator in software. */
export class SoftAuthenticator {
  readonly credentialId = randomBytes(32)
  readonly keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  userHandle: string | undefined
  counter = 0

  #clientData(type: string, challenge: unknown, quirks: Quirks): Buffer {
    const origin = quirks.origin ?? 'http://localhost'
    return Buffer.from(
      JSON.stringify({ type: quirks.type ?? type, challenge: quirks.challenge ?? challenge, origin }),
    )
  }

  #head(extra: number, quirks: Quirks): Buffer {
    const bits = flags.present | (quirks.verified === false ? 0 : flags.verified) | extra
    const counter = Buffer.alloc(4)
    counter.writeUInt32BE(quirks.counter ?? ++this.counter)
    return Buffer.concat([sha256(quirks.rpId ?? 'localhost'), Buffer.from([bits]), counter])
  }

  get #id() {
    const id = this.credentialId.toString('base64url')
    return { id, rawId: id, type: 'public-key', clientExtensionResults: {} }
  }

  create(options: Record<string, unknown>, quirks: Quirks = {}) {
    const { x = '', y = '' } = this.keys.publicKey.export({ format: 'jwk' })
    const point = (part: string) => Buffer.from(part, 'base64url')
    const key = cbor([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, point(x)],
      [-3, point(y)],
    ])
    const length = Buffer.from([0, this.credentialId.length])
    const authData = Buffer.concat([
      this.#head(flags.hasCredential, quirks),
      Buffer.alloc(16),
      length,
      this.credentialId,
      key,
    ])
    this.userHandle = (options.user as { id: string }).id // WebAuthn's own shape
    return {
      ...this.#id,
      response: {
        clientDataJSON: this.#clientData('webauthn.create', options.challenge, quirks).toString('base64url'),
        attestationObject: cbor([
          ['fmt', 'none'],
          ['attStmt', []],
          ['authData', authData],
        ]).toString('base64url'),
        transports: ['internal'],
      },
    }
  }

  get(options: Record<string, unknown>, quirks: Quirks = {}) {
    const clientData = this.#clientData('webauthn.get', options.challenge, quirks)
    const authenticatorData = this.#head(0, quirks)
    const signed = Buffer.concat([authenticatorData, sha256(clientData)])
    return {
      ...this.#id,
      response: {
        clientDataJSON: clientData.toString('base64url'),
        authenticatorData: authenticatorData.toString('base64url'),
        signature: sign('sha256', signed, quirks.key ?? this.keys.privateKey).toString('base64url'),
        userHandle: this.userHandle,
      },
    }
  }
}
