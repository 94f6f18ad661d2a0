import type { FreeholdModule } from '../../platform/module.ts'
import type { Guardrails } from './guardrails.ts'
import { guardrailRoutes, type NamedModel } from './routes.ts'

export function guardrailsModule(guardrails: Guardrails, namedModel: NamedModel): FreeholdModule {
  return {
    name: 'guardrails',
    routes: guardrailRoutes(guardrails, namedModel),
    start: () => guardrails.start(),
    stop: () => guardrails.close(),
  }
}
