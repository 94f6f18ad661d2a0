import type { FreeholdModule } from '../../platform/module.ts'
import type { Platform } from '../../platform/platform.ts'
import { apiKeyAuthenticator } from './authenticate-api-key.ts'
import { apiKeyRoutes } from './routes.ts'

export function apiKeysModule(platform: Platform): FreeholdModule {
  return { name: 'api-keys', routes: apiKeyRoutes(platform), authenticators: [apiKeyAuthenticator(platform)] }
}
