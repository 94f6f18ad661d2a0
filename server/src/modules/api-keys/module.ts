import type { FreeholdModule } from '../../platform/module.ts'
import type { Platform } from '../../platform/platform.ts'
import type { TokenSigner } from '../identity/index.ts'
import { apiKeyAuthenticator } from './authenticate-api-key.ts'
import { keyData } from './personal-data.ts'
import { apiKeyRoutes } from './routes.ts'

export function apiKeysModule(platform: Platform, signer: TokenSigner): FreeholdModule {
  return {
    name: 'api-keys',
    routes: apiKeyRoutes(platform, signer),
    personalData: [keyData],
    authenticators: [apiKeyAuthenticator(platform, signer)],
  }
}
