import { createHmac } from 'node:crypto'

/**
 * Time-based one-time codes (RFC 6238 over RFC 4226): six digits of an HMAC-SHA-1, a new one every thirty seconds, as
 * every authenticator app makes them.
 */
const stepSeconds = 30
const digits = 6
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

export function totpStepAt(time: Date): number {
  return Math.floor(time.getTime() / 1000 / stepSeconds)
}

export function totpCode(secret: Buffer, step: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const mac = createHmac('sha1', secret).update(counter).digest()
  const offset = mac.readUInt8(mac.length - 1) & 0x0f
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 10 ** digits).padStart(digits, '0')
}

/**
 * The time step a code belongs to: the current one, or one before or after it for clocks that differ.
 * @param lastStep the newest step already used; it and all before it are spent
 */
export function matchTotp(
  secret: Buffer,
  code: string,
  time: Date,
  lastStep: number | null,
): number | undefined {
  const now = totpStepAt(time)
  return [now - 1, now, now + 1].find(
    (step) => step > (lastStep ?? Number.NEGATIVE_INFINITY) && totpCode(secret, step) === code,
  )
}

/** RFC 4648, without padding: how authenticator apps take a secret. */
export function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  return (bits.match(/.{1,5}/g) ?? []).map((five) => alphabet[parseInt(five.padEnd(5, '0'), 2)]).join('')
}

/** What the picture code of an authenticator app says. */
export function totpUri(secret: Buffer, issuer: string, account: string): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`
  const query = new URLSearchParams({
    secret: base32(secret),
    issuer,
    algorithm: 'SHA1',
    digits: String(digits),
    period: String(stepSeconds),
  })
  return `otpauth://totp/${label}?${query.toString().replaceAll('+', '%20')}`
}
