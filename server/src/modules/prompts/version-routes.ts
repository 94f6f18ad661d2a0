import { limitReached } from '../../platform/db/require-room.ts'
import { readTenant, withTenant } from '../../platform/db/transactions.ts'
import { validationFailed } from '../../platform/errors.ts'
import { decodeCursor, decodeIdCursor, toPage } from '../../platform/http/pagination.ts'
import { defineRoute, type Route } from '../../platform/http/route.ts'
import { formatUsd } from '../../platform/money.ts'
import { promptFigures } from '../ledger/index.ts'
import { addVersion } from './actions/add-version.ts'
import { removeLabel, setLabel } from './actions/set-label.ts'
import { usePrompt } from './actions/use-prompt.ts'
import * as contract from './contract.ts'
import {
  promptArchived,
  promptLabelMoved,
  promptLabelNotFound,
  promptNotFound,
  promptTooLong,
  promptVariablesMissing,
  promptVersionNotFound,
} from './errors.ts'
import { listLabelMoves } from './label-store.ts'
import { presentLabel, presentMove, presentSummary, presentVersion } from './present.ts'
import { tag, versionBodyLimitBytes } from './prompt-routes.ts'
import type { Prompts } from './prompts.ts'
import { findPrompt, findVersion, listVersions } from './store.ts'

/** About how many tokens a model reads. Models stand after prompts in the order of modules: handed in by the app. */
export type EstimateTokens = (body: {
  messages: contract.PromptMessage[]
  parameters: contract.PromptParameters
}) => number

export function versionRoutes(prompts: Prompts, estimateTokens: EstimateTokens): Route[] {
  const { platform } = prompts
  return [
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/prompts/{id}/versions',
        tag,
        summary: 'The versions of a prompt, the newest first',
        access: 'read:prompts',
        params: contract.promptParams,
        query: contract.pageOnly,
        response: { status: 200, description: 'A page of versions', schema: contract.promptVersionList },
        errors: [promptNotFound],
      },
      async ({ caller, params, query }) => {
        const page = { limit: query.limit, beforeNumber: numberOf(query.cursor) }
        return withTenant(platform, caller, async ({ tx }) => {
          if (!(await findPrompt(tx, params.id))) throw promptNotFound()
          const rows = await listVersions(tx, params.id, page)
          const { data, nextCursor } = toPage(rows, query.limit, (row) => [String(row.number)])
          return { data: data.map(presentSummary), nextCursor }
        })
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/prompts/{id}/versions',
        tag,
        summary: 'Add a version',
        description: 'It never changes, and serves no call until a label stands on it or a call names it.',
        access: 'manage:prompts',
        params: contract.promptParams,
        body: contract.newVersionBody,
        bodyLimitBytes: versionBodyLimitBytes,
        response: { status: 201, description: 'The version', schema: contract.promptVersion },
        errors: [promptNotFound, promptArchived, limitReached],
      },
      async ({ caller, params, body }) => {
        const row = await withTenant(platform, caller, async (scope) => {
          const { number } = await addVersion(scope, params.id, body)
          return findVersion(scope.tx, params.id, number)
        })
        await prompts.changed(caller)
        if (!row) throw promptVersionNotFound()
        return presentVersion(row)
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/prompts/{id}/versions/{number}',
        tag,
        summary: 'One version, whole',
        access: 'read:prompts',
        params: contract.versionParams,
        response: { status: 200, description: 'The version', schema: contract.promptVersion },
        errors: [promptVersionNotFound],
      },
      async ({ caller, params }) => {
        const row = await readTenant(platform, caller, ({ tx }) => findVersion(tx, params.id, params.number))
        if (!row) throw promptVersionNotFound()
        return presentVersion(row)
      },
    ),
    defineRoute(
      {
        method: 'put',
        path: '/api/v1/prompts/{id}/labels/{label}',
        tag,
        summary: 'Point a label at a version: deploy, roll back, try a canary',
        description:
          'Calls get it at once. A canary gives a share of them another version, always the same side to the same subject; ' +
          'to promote it, put its version; to call it off, put the version without it. production needs deploy:prompts.',
        access: 'manage:prompts',
        params: contract.labelParams,
        body: contract.labelBody,
        response: { status: 200, description: 'The label', schema: contract.promptLabelSchema },
        errors: [promptNotFound, promptVersionNotFound, promptArchived, promptLabelMoved, limitReached],
      },
      async ({ caller, params, body }) => {
        const row = await withTenant(platform, caller, (scope) =>
          setLabel(scope, params.id, params.label, body),
        )
        await prompts.changed(caller)
        return presentLabel(row)
      },
    ),
    defineRoute(
      {
        method: 'delete',
        path: '/api/v1/prompts/{id}/labels/{label}',
        tag,
        summary: 'Take a label off',
        access: 'manage:prompts',
        params: contract.labelParams,
        response: { status: 204, description: 'Taken off' },
        errors: [promptNotFound, promptLabelNotFound],
      },
      async ({ caller, params }) => {
        await withTenant(platform, caller, (scope) => removeLabel(scope, params.id, params.label))
        await prompts.changed(caller)
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/prompts/{id}/label-moves',
        tag,
        summary: 'Where the labels have stood: who moved which, when, from where and to where',
        access: 'read:prompts',
        params: contract.promptParams,
        query: contract.pageOnly,
        response: {
          status: 200,
          description: 'A page of moves, the newest first',
          schema: contract.labelMoveList,
        },
        errors: [promptNotFound],
      },
      async ({ caller, params, query }) => {
        const page = { limit: query.limit, beforeId: decodeIdCursor(query.cursor) }
        return withTenant(platform, caller, async ({ tx }) => {
          if (!(await findPrompt(tx, params.id))) throw promptNotFound()
          const { data, nextCursor } = toPage(
            await listLabelMoves(tx, params.id, page),
            query.limit,
            (row) => [row.id],
          )
          return { data: data.map(presentMove), nextCursor }
        })
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/prompts/{id}/figures',
        tag,
        summary: 'What the calls of each version have come to in the last 30 days',
        access: 'read:prompts',
        params: contract.promptParams,
        response: { status: 200, description: 'By version', schema: contract.promptFigures },
        errors: [promptNotFound],
      },
      async ({ caller, params }) =>
        withTenant(platform, caller, async (scope) => {
          if (!(await findPrompt(scope.tx, params.id))) throw promptNotFound()
          const rows = await promptFigures(scope, params.id, new Date(scope.now.getTime() - figuresMs))
          const data = rows.map(({ costNanos, ...row }) => ({
            ...row,
            costNanos: costNanos.toString(),
            costUsd: formatUsd(costNanos),
          }))
          return { data }
        }),
    ),
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/prompts/{id}/render',
        tag,
        summary: 'See what a call would send',
        description: 'Nothing is sent or charged. Without label and version: what production is.',
        access: 'read:prompts',
        params: contract.promptParams,
        body: contract.renderBody,
        bodyLimitBytes: versionBodyLimitBytes,
        response: {
          status: 200,
          description: 'The messages as a model would get them',
          schema: contract.renderedPrompt,
        },
        errors: [
          promptNotFound,
          promptLabelNotFound,
          promptVersionNotFound,
          promptArchived,
          promptVariablesMissing,
          promptTooLong,
        ],
      },
      async ({ caller, params, body, requestId }) => {
        const used = await usePrompt(prompts, caller, { id: params.id, ...body }, requestId)
        const { name, version, isCanary, model, parameters, messages } = used
        const estimatedTokens = estimateTokens({ messages, parameters })
        return { name, version, isCanary, model, parameters, messages, estimatedTokens }
      },
    ),
  ]
}

const figuresMs = 30 * 86_400_000

function numberOf(cursor: string | undefined): number | undefined {
  const key = decodeCursor(cursor, 1)?.[0]
  if (key === undefined) return undefined
  if (/^\d{1,7}$/.test(key)) return Number(key)
  throw validationFailed({ message: 'The cursor is not one of this list.' })
}
