import type { Caller } from '../../platform/context.ts'
import { limitReached } from '../../platform/db/require-room.ts'
import { readTenant } from '../../platform/db/transactions.ts'
import { defineRoute, type Route } from '../../platform/http/route.ts'
import { getOrganizationSettings, type OrganizationSettings } from '../organizations/index.ts'
import { changeAlias } from './actions/change-alias.ts'
import { isAllowed } from './actions/choose-model.ts'
import { createAlias } from './actions/create-alias.ts'
import { removeAlias } from './actions/remove-alias.ts'
import * as contract from './alias-contract.ts'
import { aliasExists, aliasNameIsModel, aliasNotFound, aliasTargetUnknown } from './alias-errors.ts'
import { type AliasRow, findAlias, listAliases } from './alias-store.ts'
import type { Gateway, Routing } from './gateway.ts'
import type { ModelAlias } from './rules/alias.ts'
import { deploymentKey } from './rules/catalogue.ts'

const tag = 'Models'

export function aliasRoutes(gateway: Gateway): Route[] {
  const { platform } = gateway
  return [
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/model-aliases',
        tag,
        summary: 'The names that stand for several models',
        description:
          'The organization’s own and the operator’s. Of two of one name the organization’s is used.',
        access: 'read:models',
        response: { status: 200, description: 'The aliases', schema: contract.aliasList },
      },
      async ({ caller }) => {
        const rows = await readTenant(platform, caller, ({ tx }) => listAliases(tx))
        const view = await viewOf(gateway, caller)
        const own = new Set(rows.map(({ name }) => name))
        const operators = [...(await gateway.routingOf(caller)).aliases.values()].filter(
          ({ madeBy, name }) => madeBy === 'operator' && !own.has(name),
        )
        return { data: [...rows.map(view), ...operators.map(view)], nextCursor: null }
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/model-aliases',
        tag,
        summary: 'Make a name that stands for several models',
        description:
          'Callers send the name as `model`. Before the first byte of an answer a failing, limited or late model is passed over ' +
          'for the next; never to a model that the organization does not allow.',
        access: 'manage:models',
        body: contract.newAliasBody,
        response: { status: 201, description: 'The alias', schema: contract.alias },
        errors: [aliasExists, aliasNameIsModel, aliasTargetUnknown, limitReached],
      },
      async ({ caller, body }) => {
        const row = await createAlias(gateway, caller, body)
        return (await viewOf(gateway, caller))(row)
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/model-aliases/{id}',
        tag,
        summary: 'One alias',
        access: 'read:models',
        params: contract.aliasParams,
        response: { status: 200, description: 'The alias', schema: contract.alias },
        errors: [aliasNotFound],
      },
      async ({ caller, params }) => {
        const row = await readTenant(platform, caller, ({ tx }) => findAlias(tx, params.id))
        if (!row) throw aliasNotFound()
        return (await viewOf(gateway, caller))(row)
      },
    ),
    defineRoute(
      {
        method: 'patch',
        path: '/api/v1/model-aliases/{id}',
        tag,
        summary: 'Change what an alias stands for',
        description: 'Its name stays, since callers send it. What is not named stays too.',
        access: 'manage:models',
        params: contract.aliasParams,
        body: contract.aliasChanges,
        response: { status: 200, description: 'The alias', schema: contract.alias },
        errors: [aliasNotFound, aliasTargetUnknown],
      },
      async ({ caller, params, body }) => {
        const row = await changeAlias(gateway, caller, params.id, body)
        return (await viewOf(gateway, caller))(row)
      },
    ),
    defineRoute(
      {
        method: 'delete',
        path: '/api/v1/model-aliases/{id}',
        tag,
        summary: 'Remove an alias',
        access: 'manage:models',
        params: contract.aliasParams,
        response: { status: 204, description: 'Removed' },
        errors: [aliasNotFound],
      },
      async ({ caller, params }) => {
        await removeAlias(gateway, caller, params.id)
      },
    ),
  ]
}

/** How an alias is shown to a caller: with what each of its models could do now. */
async function viewOf(gateway: Gateway, caller: Caller) {
  const routing = await gateway.routingOf(caller)
  const settings = await readTenant(gateway.platform, caller, getOrganizationSettings)
  return (alias: AliasRow | ModelAlias) => ({
    id: 'id' in alias ? alias.id : null,
    name: alias.name,
    description: alias.description,
    strategy: alias.strategy,
    targets: alias.targets.map((target) => ({
      ...target,
      state: stateOf(gateway, routing, settings, target.model),
    })),
    maxAttempts: alias.maxAttempts,
    totalTimeoutMs: alias.totalTimeoutMs,
    madeBy: 'madeBy' in alias ? alias.madeBy : ('organization' as const),
    updatedAt: 'updatedAt' in alias ? alias.updatedAt.toISOString() : null,
  })
}

function stateOf(gateway: Gateway, { directory }: Routing, settings: OrganizationSettings, model: string) {
  const deployment = directory.byName.get(model)
  if (deployment?.kind !== 'chat') return 'not_served'
  if (!isAllowed(settings, deployment)) return 'not_allowed'
  return gateway.health.letsThrough(deploymentKey(deployment)) ? 'ready' : 'failing'
}
