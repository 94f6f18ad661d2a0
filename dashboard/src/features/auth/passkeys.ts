import {
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  startAuthentication,
  startRegistration,
  WebAuthnError,
} from '@simplewebauthn/browser'
import { api, take } from '../../app/api.ts'

/** Whether this page may use passkeys: a browser that has them, and an address that is https or localhost. */
export const passkeysWork = typeof PublicKeyCredential === 'function'

/** Asks the browser for a passkey of this server and signs in with it. */
export async function signInWithPasskey() {
  const { passkeyToken, options } = await take(api.POST('/api/v1/auth/passkey/options'))
  // The server makes them with the other half of the same library.
  const optionsJSON = options as unknown as PublicKeyCredentialRequestOptionsJSON
  const response = await startAuthentication({ optionsJSON }).catch(explain)
  const clientExtensionResults = { ...response.clientExtensionResults }
  return take(
    api.POST('/api/v1/auth/passkey/verify', {
      body: { passkeyToken, response: { ...response, clientExtensionResults } },
    }),
  )
}

/** Has the browser make a passkey and keeps it under that name. */
export async function createPasskey({ name, password }: { name: string; password: string }) {
  const { registrationToken, options } = await take(
    api.POST('/api/v1/user/passkeys/options', { body: password === '' ? {} : { password } }),
  )
  // As above.
  const optionsJSON = options as unknown as PublicKeyCredentialCreationOptionsJSON
  const made = await startRegistration({ optionsJSON }).catch(explain)
  const clientExtensionResults = { ...made.clientExtensionResults }
  const response = { ...made.response, transports: made.response.transports ?? [] }
  return take(
    api.POST('/api/v1/user/passkeys', {
      body: { registrationToken, name, response: { ...made, clientExtensionResults, response } },
    }),
  )
}

/** The browser's own words are for programmers. */
function explain(error: unknown): never {
  throw new Error(sentenceFor(error), { cause: error })
}

function sentenceFor(error: unknown): string {
  if (error instanceof WebAuthnError) {
    if (error.code === 'ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED') {
      return 'This device holds a passkey of yours already.'
    }
    if (error.code === 'ERROR_INVALID_DOMAIN' || error.code === 'ERROR_INVALID_RP_ID') {
      return 'Passkeys do not work at this address. Open the page at the address the server is known by.'
    }
    if (
      error.code === 'ERROR_AUTHENTICATOR_MISSING_USER_VERIFICATION_SUPPORT' ||
      error.code === 'ERROR_AUTHENTICATOR_MISSING_DISCOVERABLE_CREDENTIAL_SUPPORT'
    ) {
      return 'This device cannot keep passkeys that ask for a finger, a face or a PIN.'
    }
  }
  return 'The browser used no passkey: it was called off, took too long, or there is none for this server.'
}
