import type { Caller, Scope } from '../../platform/context.ts'
import { limitReached } from '../../platform/db/require-room.ts'
import { readTenant, withTenant } from '../../platform/db/transactions.ts'
import { decodeCursor, toPage } from '../../platform/http/pagination.ts'
import { defineRoute, type Route } from '../../platform/http/route.ts'
import { changePrompt } from './actions/change-prompt.ts'
import { createPrompt } from './actions/create-prompt.ts'
import { duplicatePrompt } from './actions/duplicate-prompt.ts'
import { exportPrompts } from './actions/export-prompts.ts'
import { importPrompts } from './actions/import-prompts.ts'
import { moveFolder } from './actions/move-folder.ts'
import { removePrompt } from './actions/remove-prompt.ts'
import * as contract from './contract.ts'
import { promptExportTooLarge, promptNameTaken, promptNotFound, promptVersionNotFound } from './errors.ts'
import { listLabels } from './label-store.ts'
import { presentPrompt } from './present.ts'
import type { Prompts } from './prompts.ts'
import { findPrompt, listFolders, listPrompts } from './store.ts'

export const tag = 'Prompts'
export const versionBodyLimitBytes = 4 * 1_048_576
const importBodyLimitBytes = 16 * 1_048_576

export function promptRoutes(prompts: Prompts): Route[] {
  const { platform } = prompts

  async function show(caller: Caller, id: string) {
    return withTenant(platform, caller, (scope) => presentFound(scope, id))
  }

  /** Commits, then tells those who remember. */
  async function change<T>(caller: Caller, work: (scope: Scope) => Promise<T>): Promise<T> {
    const result = await withTenant(platform, caller, work)
    await prompts.changed(caller)
    return result
  }

  return [
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/prompts',
        tag,
        summary: 'The prompts, by name',
        access: 'read:prompts',
        query: contract.listQuery,
        response: { status: 200, description: 'A page of prompts', schema: contract.promptList },
      },
      async ({ caller, query }) => {
        const filter = { text: query.q, folder: query.folder, archived: query.archived === 'true' }
        const page = { limit: query.limit, afterName: decodeCursor(query.cursor, 1)?.[0] }
        return withTenant(platform, caller, async ({ tx }) => {
          const rows = await listPrompts(tx, filter, page)
          const { data, nextCursor } = toPage(rows, query.limit, (row) => [row.name.toLowerCase()])
          const labels = await listLabels(
            tx,
            data.map(({ id }) => id),
          )
          return { data: data.map((row) => presentPrompt(row, labels)), nextCursor }
        })
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/prompts',
        tag,
        summary: 'Make a prompt with its first version',
        access: 'manage:prompts',
        body: contract.newPromptBody,
        bodyLimitBytes: versionBodyLimitBytes,
        response: { status: 201, description: 'The prompt', schema: contract.prompt },
        errors: [promptNameTaken, limitReached],
      },
      async ({ caller, body }) =>
        change(caller, async (scope) => presentFound(scope, await createPrompt(scope, body))),
    ),
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/prompts/folders',
        tag,
        summary: 'The folders that hold prompts',
        access: 'read:prompts',
        response: { status: 200, description: 'The folders', schema: contract.folderList },
      },
      async ({ caller }) => ({ data: await readTenant(platform, caller, ({ tx }) => listFolders(tx)) }),
    ),
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/prompts/folders/move',
        tag,
        summary: 'Move or rename a folder',
        description: 'With all below it. No call says a folder, so none breaks.',
        access: 'manage:prompts',
        body: contract.folderMoveBody,
        response: { status: 204, description: 'Moved' },
      },
      async ({ caller, body }) => {
        await withTenant(platform, caller, (scope) => moveFolder(scope, body.from, body.to))
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/prompts/export',
        tag,
        summary: 'Prompts with all their versions, as one file',
        description:
          'All of them, those of a folder and below, or one. POST /api/v1/prompts/import takes it in.',
        access: 'read:prompts',
        query: contract.exportQuery,
        response: { status: 200, description: 'The prompts', schema: contract.promptExport },
        errors: [promptExportTooLarge],
      },
      async ({ caller, query }) => {
        const exported = await withTenant(platform, caller, (scope) => exportPrompts(scope, query))
        return { format: 'freehold.prompts/1', prompts: exported }
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/prompts/import',
        tag,
        summary: 'Take in prompts of an export',
        description: 'All or nothing. Versions are numbered anew, from 1 or after those that are there.',
        access: 'manage:prompts',
        body: contract.promptImportBody,
        bodyLimitBytes: importBodyLimitBytes,
        response: { status: 200, description: 'What was done', schema: contract.importedPrompts },
        errors: [promptNameTaken, limitReached],
      },
      async ({ caller, body }) => change(caller, (scope) => importPrompts(scope, body)),
    ),
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/prompts/{id}',
        tag,
        summary: 'One prompt with its labels',
        access: 'read:prompts',
        params: contract.promptParams,
        response: { status: 200, description: 'The prompt', schema: contract.prompt },
        errors: [promptNotFound],
      },
      async ({ caller, params }) => show(caller, params.id),
    ),
    defineRoute(
      {
        method: 'patch',
        path: '/api/v1/prompts/{id}',
        tag,
        summary: 'Rename, move, describe, archive or restore a prompt',
        description:
          'Another name and archiving need deploy:prompts: calls that say the prompt end with them.',
        access: 'manage:prompts',
        params: contract.promptParams,
        body: contract.promptChanges,
        response: { status: 200, description: 'The prompt', schema: contract.prompt },
        errors: [promptNotFound, promptNameTaken],
      },
      async ({ caller, params, body }) =>
        change(caller, async (scope) => {
          await changePrompt(scope, params.id, body)
          return presentFound(scope, params.id)
        }),
    ),
    defineRoute(
      {
        method: 'delete',
        path: '/api/v1/prompts/{id}',
        tag,
        summary: 'Delete a prompt with all its versions',
        description: 'For good. An archived prompt can be restored.',
        access: 'deploy:prompts',
        params: contract.promptParams,
        response: { status: 204, description: 'Deleted' },
        errors: [promptNotFound],
      },
      async ({ caller, params }) => {
        await change(caller, (scope) => removePrompt(scope, params.id))
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/prompts/{id}/duplicate',
        tag,
        summary: 'Make another prompt from one',
        description:
          'Its first version is the newest of the other, or the one that is named. It has no labels.',
        access: 'manage:prompts',
        params: contract.promptParams,
        body: contract.duplicateBody,
        response: { status: 201, description: 'The new prompt', schema: contract.prompt },
        errors: [promptNotFound, promptVersionNotFound, promptNameTaken, limitReached],
      },
      async ({ caller, params, body }) =>
        change(caller, async (scope) => presentFound(scope, await duplicatePrompt(scope, params.id, body))),
    ),
  ]
}

async function presentFound({ tx }: Scope, id: string) {
  const row = await findPrompt(tx, id)
  if (!row) throw promptNotFound()
  return presentPrompt(row, await listLabels(tx, [id]))
}
