import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server'
import { passkeyInvalid } from '../errors.ts'
import type { PasskeyRow } from '../passkey-store.ts'
import type { UserRow } from '../store.ts'

/**
 * Passkeys (W3C Web Authentication): an authenticator signs a challenge for this server's own address. User
 * verification is always asked for, so a passkey is both factors: what the person has, and a finger, face or PIN.
 */
export interface RegisteredPasskey {
  credentialId: string
  publicKey: string
  counter: number
  transports: string[]
  backedUp: boolean
}

/** The library is loaded at the first use, off the way of those who start or sign in otherwise. */
const library = () => import('@simplewebauthn/server')

/** EdDSA, ES256 and RS256, which authenticators have (COSE's numbers for them). */
const algorithms = [-8, -7, -257]

const rpIdOf = (publicUrl: string) => new URL(publicUrl).hostname
const originOf = (publicUrl: string) => new URL(publicUrl).origin

export async function makeRegistrationOptions(
  publicUrl: string,
  user: UserRow,
  known: readonly PasskeyRow[],
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const { generateRegistrationOptions } = await library()
  return generateRegistrationOptions({
    rpName: 'Freehold',
    rpID: rpIdOf(publicUrl),
    userName: user.email,
    userDisplayName: user.name,
    userID: new TextEncoder().encode(user.id),
    attestationType: 'none',
    excludeCredentials: known.map(({ credentialId }) => ({ id: credentialId })),
    supportedAlgorithmIDs: algorithms,
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  })
}

/** @throws passkey_invalid (422) for an answer that does not hold */
export async function readRegistration(
  publicUrl: string,
  challenge: string,
  response: RegistrationResponseJSON,
): Promise<RegisteredPasskey> {
  const { verifyRegistrationResponse } = await library()
  const { registrationInfo } = await verifyRegistrationResponse({
    response,
    expectedChallenge: challenge,
    expectedOrigin: originOf(publicUrl),
    expectedRPID: rpIdOf(publicUrl),
    supportedAlgorithmIDs: algorithms,
  }).catch((error: unknown) => {
    throw passkeyInvalid({ cause: error })
  })
  if (!registrationInfo) throw passkeyInvalid()
  const { credential, credentialBackedUp } = registrationInfo
  return {
    credentialId: credential.id,
    publicKey: Buffer.from(credential.publicKey).toString('base64url'),
    counter: credential.counter,
    transports: response.response.transports ?? [],
    backedUp: credentialBackedUp,
  }
}

/** Names no credentials: the browser shows the person those it has for this server. */
export async function makeSignInOptions(publicUrl: string): Promise<PublicKeyCredentialRequestOptionsJSON> {
  const { generateAuthenticationOptions } = await library()
  return generateAuthenticationOptions({ rpID: rpIdOf(publicUrl), userVerification: 'required' })
}

/** @returns the new state of the passkey; undefined for an answer that does not hold, a counter that went back included */
export async function readSignIn(
  publicUrl: string,
  challenge: string,
  response: AuthenticationResponseJSON,
  row: PasskeyRow,
): Promise<{ counter: number; backedUp: boolean } | undefined> {
  const { verifyAuthenticationResponse } = await library()
  const { userHandle } = response.response
  if (userHandle !== undefined && Buffer.from(userHandle, 'base64url').toString() !== row.userId)
    return undefined
  const checked = await verifyAuthenticationResponse({
    response,
    expectedChallenge: challenge,
    expectedOrigin: originOf(publicUrl),
    expectedRPID: rpIdOf(publicUrl),
    credential: {
      id: row.credentialId,
      publicKey: new Uint8Array(Buffer.from(row.publicKey, 'base64url')),
      counter: row.counter,
    },
  }).catch(() => undefined)
  if (!checked?.verified) return undefined
  const { newCounter, credentialBackedUp } = checked.authenticationInfo
  return { counter: newCounter, backedUp: credentialBackedUp }
}
