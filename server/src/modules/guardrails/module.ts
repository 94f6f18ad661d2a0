import type { FreeholdModule } from '../../platform/module.ts'
import type { Guardrails } from './guardrails.ts'
import { guardrailRoutes, type IsModelName } from './routes.ts'

export function guardrailsModule(guardrails: Guardrails, isModelName: IsModelName): FreeholdModule {
  return {
    name: 'guardrails',
    routes: guardrailRoutes(guardrails, isModelName),
    start: () => guardrails.start(),
    stop: () => guardrails.close(),
  }
}
