import type { Caller } from '../../platform/context.ts'
import { limitReached } from '../../platform/db/require-room.ts'
import { readTenant } from '../../platform/db/transactions.ts'
import { defineRoute, type Route } from '../../platform/http/route.ts'
import { removePolicy, savePolicy } from './actions/save-policy.ts'
import { tryText } from './actions/try-text.ts'
import * as contract from './contract.ts'
import { modelUnknown, policyNotFound } from './errors.ts'
import type { Guardrails } from './guardrails.ts'
import { initialPolicy, layOver } from './rules/policy.ts'
import { listPolicies } from './store.ts'
import { testBody, testResult } from './test-contract.ts'

/** The alias or the id of the model that callers name by it; undefined where it is neither. */
export type NamedModel = (caller: Caller, name: string) => Promise<string | undefined>

const tag = 'Guardrails'

export function guardrailRoutes(guardrails: Guardrails, namedModel: NamedModel): Route[] {
  const { platform } = guardrails

  async function settings(caller: Caller) {
    const rows = await readTenant(platform, caller, ({ tx }) => listPolicies(tx))
    const own = rows.find(({ model }) => model === null)
    return {
      policy: layOver(initialPolicy, own?.guards),
      updatedAt: own?.updatedAt.toISOString() ?? null,
      models: rows.flatMap(({ model, guards, updatedAt }) =>
        model === null ? [] : [{ model, guards, updatedAt: updatedAt.toISOString() }],
      ),
    }
  }

  /** A policy is kept under one name for a model, whichever of its names is given; the name itself where it is none any more. */
  async function keptName(caller: Caller, name: string | undefined): Promise<string | undefined> {
    return name === undefined ? undefined : ((await namedModel(caller, name)) ?? name)
  }

  return [
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/guardrails',
        tag,
        summary: 'What may go to models and come from them',
        access: 'manage:guardrails',
        response: { status: 200, description: 'The policies', schema: contract.guardrailSettings },
      },
      ({ caller }) => settings(caller),
    ),
    defineRoute(
      {
        method: 'put',
        path: '/api/v1/guardrails',
        tag,
        summary: 'Set the guardrails of the organization, or of a model',
        description:
          'In the place of what was set. With `model` they are for calls that name it, and guards that are left out are as for all; ' +
          'without it, guards that are left out are off. Counts for the next call.',
        access: 'manage:guardrails',
        query: contract.modelQuery,
        body: contract.guardrailChoices,
        response: { status: 200, description: 'The policies', schema: contract.guardrailSettings },
        errors: [modelUnknown, limitReached],
      },
      async ({ caller, body, query: { model } }) => {
        const named = model === undefined ? null : await namedModel(caller, model)
        if (named === undefined) throw modelUnknown()
        await savePolicy(guardrails, caller, named, body)
        return settings(caller)
      },
    ),
    defineRoute(
      {
        method: 'delete',
        path: '/api/v1/guardrails',
        tag,
        summary: 'Take back the guardrails of the organization, or of a model',
        description:
          'Without `model` all guards of the organization are off then; with it, calls that name the model are guarded as all others.',
        access: 'manage:guardrails',
        query: contract.modelQuery,
        response: { status: 204, description: 'Taken back' },
        errors: [policyNotFound],
      },
      async ({ caller, query }) => {
        await removePolicy(guardrails, caller, (await keptName(caller, query.model)) ?? null)
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/guardrails/test',
        tag,
        summary: 'Try a text against the guardrails',
        description: 'Nothing is sent to a model, kept or charged.',
        access: 'manage:guardrails',
        body: testBody,
        response: { status: 200, description: 'What the guards say of it', schema: testResult },
      },
      async ({ caller, body: { text, stage, system, model, policy } }) =>
        tryText(guardrails, caller, { text, stage, system, model: await keptName(caller, model), policy }),
    ),
  ]
}
