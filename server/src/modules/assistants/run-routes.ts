import { withTenant } from '../../platform/db/transactions.ts'
import { toAppError } from '../../platform/http/error-response.ts'
import { decodeIdCursor, toPage } from '../../platform/http/pagination.ts'
import { defineRoute, type Route } from '../../platform/http/route.ts'
import { eventStream } from '../../platform/http/sse.ts'
import { modelNotAllowed, modelNotFound } from '../gateway/index.ts'
import { followRun, readableRuns, readRun } from './actions/read-run.ts'
import { startRun } from './actions/start-run.ts'
import { stopRun } from './actions/stop-run.ts'
import type { Assistants } from './assistants.ts'
import * as contract from './contract.ts'
import { assistantNotFound, runNotFound } from './errors.ts'
import { presentRun } from './present.ts'
import { listRuns } from './run-store.ts'
import { openRunSeal } from './sealed-runs.ts'

const tag = 'Runs'

export function runRoutes(assistants: Assistants): Route[] {
  const { platform } = assistants
  return [
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/runs',
        tag,
        summary: 'Give an assistant a task',
        description: 'It is done in the background, with the caller’s rights. Follow it by its events.',
        access: 'use:assistants',
        body: contract.runBody,
        response: { status: 202, description: 'The run, queued', schema: contract.run },
        errors: [assistantNotFound, modelNotFound, modelNotAllowed],
      },
      ({ caller, body }) => startRun(assistants, caller, body),
    ),
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/runs',
        tag,
        summary: 'Runs, newest first',
        description: 'One’s own; with `decide:approvals` everybody’s.',
        access: 'use:assistants',
        query: contract.runListQuery,
        response: { status: 200, description: 'A page of runs', schema: contract.runList },
      },
      async ({ caller, query: { limit, cursor, assistantId } }) => {
        const page = { limit: limit + 1, beforeId: decodeIdCursor(cursor), assistantId }
        return withTenant(platform, caller, async (scope) => {
          const seal = await openRunSeal(platform, scope)
          const rows = toPage(await listRuns(scope.tx, readableRuns(caller), page), limit, (row) => [row.id])
          return { ...rows, data: rows.data.map((row) => presentRun(row, seal)) }
        })
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/runs/{id}',
        tag,
        summary: 'A run',
        access: 'use:assistants',
        params: contract.idParams,
        response: { status: 200, description: 'The run', schema: contract.run },
        errors: [runNotFound],
      },
      async ({ caller, params: { id } }) => (await readRun(assistants, caller, id)).run,
    ),
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/runs/{id}/steps',
        tag,
        summary: 'The trace of a run: its calls of models and tools',
        access: 'use:assistants',
        params: contract.idParams,
        response: { status: 200, description: 'The steps, in order', schema: contract.runSteps },
        errors: [runNotFound],
      },
      async ({ caller, params: { id } }) => {
        const { steps } = await readRun(assistants, caller, id)
        return { data: steps, nextCursor: null }
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/runs/{id}/events',
        tag,
        summary: 'Follow a run',
        description:
          'Events `run` when its state changes, `step` for each step that has ended, then `run.done`; from behind the step of ' +
          'Last-Event-ID or `after` on.',
        access: 'use:assistants',
        params: contract.idParams,
        query: contract.eventsQuery,
        response: { status: 200, description: 'Events', mediaType: 'text/event-stream' },
        errors: [runNotFound],
      },
      async ({ caller, params: { id }, query, request, signal, http }) => {
        const last = Number(request.headers.get('last-event-id') ?? Number.NaN)
        const after = query.after ?? (Number.isInteger(last) && last >= 0 ? last : 0)
        // Asked once before the stream begins: what is not there is a 404.
        await readRun(assistants, caller, id, after)
        return eventStream(http, followRun(assistants, caller, id, after, signal), (error) => {
          const { code, message } = toAppError(error)
          return { event: 'error', data: { code, message } }
        })
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/runs/{id}/stop',
        tag,
        summary: 'Stop a run',
        access: 'use:assistants',
        params: contract.idParams,
        response: { status: 200, description: 'The run as it stands', schema: contract.run },
        errors: [runNotFound],
      },
      ({ caller, params: { id } }) => stopRun(assistants, caller, id),
    ),
  ]
}
