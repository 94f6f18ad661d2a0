import { activityModule } from '../modules/activity/module.ts'
import { adminModule } from '../modules/admin/module.ts'
import { apiKeysModule } from '../modules/api-keys/module.ts'
import { assistantsModule } from '../modules/assistants/module.ts'
import { createAdjustmentSettling, createOwnBudgets } from '../modules/budgets/index.ts'
import { budgetsModule } from '../modules/budgets/module.ts'
import { conversationsModule } from '../modules/conversations/module.ts'
import { creditsModule } from '../modules/credits/module.ts'
import {
  createGateway,
  estimateInputTokens,
  findModelId,
  type Gateway,
  namedModel,
} from '../modules/gateway/index.ts'
import { gatewayModule } from '../modules/gateway/module.ts'
import { createGuardrails } from '../modules/guardrails/index.ts'
import { guardrailsModule } from '../modules/guardrails/module.ts'
import type { Identity } from '../modules/identity/index.ts'
import { identityModule } from '../modules/identity/module.ts'
import { createKnowledge, createLocalEmbedder, type Knowledge } from '../modules/knowledge/index.ts'
import { knowledgeModule } from '../modules/knowledge/module.ts'
import { ledgerModule } from '../modules/ledger/module.ts'
import { limitsModule } from '../modules/limits/module.ts'
import { organizationsModule } from '../modules/organizations/module.ts'
import { projectsModule } from '../modules/projects/module.ts'
import { createPrompts, type Prompts } from '../modules/prompts/index.ts'
import { promptsModule } from '../modules/prompts/module.ts'
import { chatQueue, createQueuedCalls } from '../modules/queued-calls/index.ts'
import { queuedCallsModule } from '../modules/queued-calls/module.ts'
import { createSingleSignOn } from '../modules/single-sign-on/index.ts'
import { singleSignOnModule } from '../modules/single-sign-on/module.ts'
import type { FreeholdModule } from '../platform/module.ts'
import type { Platform } from '../platform/platform.ts'
import { eraseTracesOfOrganization } from './erase-traces.ts'
import { wireIdentity } from './wire-identity.ts'

/**
 * The order in which modules stand: each may call only those before it.
 * @public read by the architecture test
 */
export const moduleOrder = [
  'identity',
  'organizations',
  'projects',
  'api-keys',
  'single-sign-on',
  'activity',
  'ledger',
  'budgets',
  'credits',
  'limits',
  'guardrails',
  'prompts',
  'gateway',
  'queued-calls',
  'knowledge',
  'conversations',
  'assistants',
  'integrations',
  'workflows',
  'automations',
  'realtime',
  'notifications',
  'webhooks',
  'billing',
  'analytics',
  'privacy',
  'admin',
] as const

export interface Composition {
  modules: FreeholdModule[]
  identity: Identity
  gateway: Gateway
  knowledge: Knowledge
  prompts: Prompts
}

/** Builds every module on the platform, in dependency order, and wires what one hands another. */
export function composeModules(platform: Platform): Composition {
  const identity = wireIdentity(
    platform,
    () => modules.flatMap((module) => module.personalData ?? []),
    () => gateway.platform.gate.recorded(),
  )
  const embedder = createLocalEmbedder({ idleUnloadMs: 600_000, logger: platform.logger })
  const guardrails = createGuardrails(platform)
  const gateway = createGateway(platform, guardrails, (texts, signal) => embedder.embed(texts, signal))
  const knowledge = createKnowledge(platform, gateway)
  const prompts = createPrompts(platform)
  const queuedCalls = createQueuedCalls({ platform, gateway, prompts })
  const modules: FreeholdModule[] = [
    identityModule(identity),
    organizationsModule(
      platform,
      (name, kind) => findModelId(gateway, name, kind),
      eraseTracesOfOrganization,
    ),
    projectsModule(gateway.projects),
    apiKeysModule(platform, identity.signer),
    singleSignOnModule(createSingleSignOn(platform, identity)),
    activityModule(platform),
    ledgerModule(
      platform,
      (organizationId) => gateway.platform.gate.recorded(organizationId),
      createOwnBudgets(platform, gateway.platform.gate),
      createAdjustmentSettling(platform),
    ),
    budgetsModule(platform, (name) => findModelId(gateway, name), gateway.platform.gate),
    creditsModule(platform, gateway.platform.gate),
    limitsModule(platform, gateway.platform.limits, (name) => findModelId(gateway, name)),
    guardrailsModule(guardrails, (caller, name) => namedModel(gateway, caller, name)),
    promptsModule(prompts, ({ messages, parameters }) =>
      estimateInputTokens({ model: '', messages, ...parameters }),
    ),
    gatewayModule(gateway, prompts, chatQueue(queuedCalls)),
    queuedCallsModule(queuedCalls),
    knowledgeModule(knowledge, embedder),
    conversationsModule(knowledge),
    assistantsModule(knowledge),
    adminModule(platform),
  ]
  return { identity, gateway, knowledge, prompts, modules }
}
