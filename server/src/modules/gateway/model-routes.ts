import { z } from '@hono/zod-openapi'
import type { Caller } from '../../platform/context.ts'
import { readTenant } from '../../platform/db/transactions.ts'
import { defineRoute, type Route } from '../../platform/http/route.ts'
import { getOrganizationSettings } from '../organizations/index.ts'
import { defaultModelOf, isAllowed } from './actions/choose-model.ts'
import * as contract from './contract.ts'
import type { DeploymentStatus } from './deployment-health.ts'
import { modelNotFound } from './errors.ts'
import type { Gateway } from './gateway.ts'
import { modelHealthList } from './model-contract.ts'
import type { ModelAlias } from './rules/alias.ts'
import { deploymentKey, type ModelDeployment } from './rules/catalogue.ts'

/** What can be asked: models, aliases, and how they do. */
export function modelRoutes(gateway: Gateway): Route[] {
  return [
    defineRoute(
      {
        method: 'get',
        path: '/v1/models',
        tag: 'OpenAI-compatible',
        summary: 'The models this installation serves',
        access: 'read:models',
        response: { status: 200, description: 'The models', schema: contract.modelListSchema },
      },
      async ({ caller }) => {
        const { deployments, aliases } = await servedTo(gateway, caller)
        return { object: 'list', data: [...aliases.map(presentAlias), ...deployments.map(presentModel)] }
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/v1/models/{id}',
        tag: 'OpenAI-compatible',
        summary: 'One model',
        description: 'A slash in the id is sent as %2F, as the SDKs do.',
        access: 'read:models',
        params: z.object({ id: z.string() }),
        response: { status: 200, description: 'The model', schema: contract.modelSchema },
        errors: [modelNotFound],
      },
      async ({ caller, params }) => {
        const { settings, directory, aliases } = await servedTo(gateway, caller)
        const alias = aliases.find(({ name }) => name === params.id)
        if (alias) return presentAlias(alias)
        const found = directory.byName.get(params.id)
        if (!found || !isAllowed(settings, found))
          throw modelNotFound({
            message: `The model '${params.id}' does not exist here. GET /v1/models lists all.`,
          })
        return presentModel(found)
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/models',
        tag: 'Models',
        summary: 'The models with their prices, and which is the default',
        description: 'Aliases stand first, at the price of the dearest model they stand for.',
        access: 'read:models',
        response: { status: 200, description: 'The models', schema: contract.modelDetailList },
      },
      async ({ caller }) => {
        const { settings, deployments, aliases, directory } = await servedTo(gateway, caller)
        const kinds = new Set(deployments.map(({ kind }) => kind))
        const defaults = new Set([...kinds].map((kind) => defaultModelOf(gateway, settings, kind).id))
        const shownAliases = aliases.flatMap((alias) => {
          const targets = alias.targets.flatMap(({ model }) => directory.byName.get(model) ?? [])
          return detailOfAlias(
            alias,
            targets.filter((one) => isAllowed(settings, one)),
          )
        })
        const models = deployments.map((one) => ({ ...detailOf(one), isDefault: defaults.has(one.id) }))
        return { data: [...shownAliases, ...models], nextCursor: null }
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/models/health',
        tag: 'Models',
        summary: 'How each model does: its breaker, latencies and errors',
        description:
          'As the node that answers has seen it in the last five minutes; models with calls stand first.',
        access: 'read:models',
        response: { status: 200, description: 'The health of each model', schema: modelHealthList },
      },
      async ({ caller }) => {
        const { deployments } = await servedTo(gateway, caller)
        const rows = deployments.map((one) => ({ one, status: gateway.health.status(deploymentKey(one)) }))
        rows.sort((a, b) => (b.status.lastCallAtMs ?? 0) - (a.status.lastCallAtMs ?? 0))
        return { data: rows.map(({ one, status }) => presentHealth(one, status)), nextCursor: null }
      },
    ),
  ]
}

/** What an organization may ask. An alias of which nothing is allowed is not shown. */
async function servedTo(gateway: Gateway, caller: Caller) {
  const [settings, { directory, aliases }] = await Promise.all([
    readTenant(gateway.platform, caller, getOrganizationSettings),
    gateway.routingOf(caller),
  ])
  const usable = [...aliases.values()].filter(({ targets }) =>
    targets.some(({ model }) => {
      const deployment = directory.byName.get(model)
      return deployment !== undefined && isAllowed(settings, deployment)
    }),
  )
  const deployments = directory.deployments.filter((one) => isAllowed(settings, one))
  return { settings, directory, deployments, aliases: usable }
}

function presentModel(deployment: ModelDeployment) {
  return { id: deployment.id, object: 'model', created: 0, owned_by: deployment.providerId } as const
}

function presentAlias({ name, madeBy }: ModelAlias) {
  return { id: name, object: 'model', created: 0, owned_by: madeBy } as const
}

function detailOf(deployment: ModelDeployment) {
  return {
    id: deployment.id,
    name: deployment.name,
    provider: deployment.providerId,
    kind: deployment.kind,
    isLanguageModel: deployment.isLanguageModel,
    contextTokens: deployment.contextTokens,
    inputNanosPerMillion: deployment.price.inputNanosPerMillion.toString(),
    outputNanosPerMillion: deployment.price.outputNanosPerMillion.toString(),
    priceKnown: deployment.priceKnown,
    isAlias: false,
    isDefault: false,
    notice: deployment.notice,
  }
}

function detailOfAlias(alias: ModelAlias, targets: readonly ModelDeployment[]) {
  const [first] = targets
  if (!first) return []
  const dearest = targets.reduce((one, other) =>
    other.price.outputNanosPerMillion > one.price.outputNanosPerMillion ? other : one,
  )
  const contexts = targets.flatMap(({ contextTokens }) => contextTokens ?? [])
  return [
    {
      ...detailOf(dearest),
      id: alias.name,
      name: alias.name,
      provider: alias.madeBy,
      isLanguageModel: first.isLanguageModel,
      contextTokens: contexts.length === 0 ? null : Math.max(...contexts),
      priceKnown: targets.every(({ priceKnown }) => priceKnown),
      isAlias: true,
      notice: alias.description === '' ? null : alias.description,
    },
  ]
}

function presentHealth(deployment: ModelDeployment, status: DeploymentStatus) {
  const { lastError, sinceMs, lastCallAtMs, ...shown } = status
  return {
    model: deployment.id,
    name: deployment.name,
    provider: deployment.providerId,
    ...shown,
    since: instant(sinceMs),
    lastError: lastError && { class: lastError.errorClass, at: new Date(lastError.atMs).toISOString() },
    lastCallAt: instant(lastCallAtMs),
  }
}

function instant(atMs: number | null): string | null {
  return atMs === null ? null : new Date(atMs).toISOString()
}
