import type { Caller, Scope } from '../../platform/context.ts'
import { limitReached } from '../../platform/db/require-room.ts'
import { readTenant, withTenant } from '../../platform/db/transactions.ts'
import { defineRoute, type Route } from '../../platform/http/route.ts'
import type { Platform } from '../../platform/platform.ts'
import { changeLimit } from './actions/change-limit.ts'
import { createLimit } from './actions/create-limit.ts'
import { removeLimit } from './actions/remove-limit.ts'
import type { CallLimits } from './call-limits.ts'
import * as contract from './contract.ts'
import { limitExists, limitNotFound, limitSubjectNotFound, limitsNothing } from './errors.ts'
import { presentLimit } from './present-limit.ts'
import { listLimits, type NamedLimitRow } from './store.ts'

const tag = 'Limits'

/** @param findModelId the id of the model a name stands for; models stand after limits in the order of modules */
export function limitRoutes(
  platform: Platform,
  callLimits: CallLimits,
  findModelId: (name: string) => string | undefined,
): Route[] {
  async function change<T>(caller: Caller, work: (scope: Scope) => Promise<T>): Promise<T> {
    const changed = await withTenant(platform, caller, work)
    await callLimits.known.changed(String(caller.organizationId))
    return changed
  }

  async function present(caller: Caller, rows: readonly NamedLimitRow[]) {
    const used = await callLimits.usedOf(String(caller.organizationId), rows)
    const nothing = { requests: null, tokens: null, concurrent: null }
    return rows.map((row, index) => presentLimit(row, used[index] ?? nothing))
  }

  async function presentOne(caller: Caller, row: NamedLimitRow) {
    const [one] = await present(caller, [row])
    if (!one) throw limitNotFound()
    return one
  }

  return [
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/limits',
        tag,
        summary: 'The limits of requests, tokens and calls at once, and what is used of them',
        access: 'read:budgets',
        response: { status: 200, description: 'The limits', schema: contract.limitList },
      },
      async ({ caller }) => {
        const rows = await readTenant(platform, caller, ({ tx }) => listLimits(tx))
        return { data: await present(caller, rows), nextCursor: null }
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/limits',
        tag,
        summary: 'Make a limit',
        description:
          'Calls to models count in it that agree with all that it names of member, key, service account, model and tag; where ' +
          'it names nothing, every call of the organization. Minutes slide: in any sixty seconds no more passes than it says.',
        access: 'manage:budgets',
        body: contract.newLimitBody,
        response: { status: 201, description: 'The limit', schema: contract.limit },
        errors: [limitSubjectNotFound, limitExists, limitsNothing, limitReached],
      },
      async ({ caller, body }) => {
        const modelId = body.model === undefined ? null : findModelId(body.model)
        if (modelId === undefined)
          throw limitSubjectNotFound({ message: `There is no model '${body.model}'.` })
        const about = {
          userId: body.userId ?? null,
          apiKeyId: body.apiKeyId ?? null,
          serviceAccountId: body.serviceAccountId ?? null,
          model: modelId,
          tag: body.tag ?? null,
        }
        const terms = {
          requestsPerMinute: body.requestsPerMinute ?? null,
          tokensPerMinute: body.tokensPerMinute ?? null,
          callsAtOnce: body.callsAtOnce ?? null,
        }
        return presentOne(caller, await change(caller, (scope) => createLimit(scope, about, terms)))
      },
    ),
    defineRoute(
      {
        method: 'patch',
        path: '/api/v1/limits/{id}',
        tag,
        summary: 'Change a limit',
        description: 'What it is about stays: make another for that. Null takes a part of it away.',
        access: 'manage:budgets',
        params: contract.limitParams,
        body: contract.limitChanges,
        response: { status: 200, description: 'The limit', schema: contract.limit },
        errors: [limitNotFound, limitsNothing],
      },
      async ({ caller, params, body }) => {
        const { requestsPerMinute, tokensPerMinute, callsAtOnce } = body
        const changes = {
          ...(requestsPerMinute === undefined ? {} : { requestsPerMinute }),
          ...(tokensPerMinute === undefined ? {} : { tokensPerMinute }),
          ...(callsAtOnce === undefined ? {} : { callsAtOnce }),
        }
        return presentOne(caller, await change(caller, (scope) => changeLimit(scope, params.id, changes)))
      },
    ),
    defineRoute(
      {
        method: 'delete',
        path: '/api/v1/limits/{id}',
        tag,
        summary: 'Remove a limit',
        access: 'manage:budgets',
        params: contract.limitParams,
        response: { status: 204, description: 'Removed' },
        errors: [limitNotFound],
      },
      async ({ caller, params }) => {
        await change(caller, (scope) => removeLimit(scope, params.id))
      },
    ),
  ]
}
