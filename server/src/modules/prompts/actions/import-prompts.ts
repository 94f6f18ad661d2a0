import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { validationFailed } from '../../../platform/errors.ts'
import type { ExportedPrompt, NewVersion, PromptImport } from '../contract.ts'
import { promptNameTaken } from '../errors.ts'
import { findPromptByName, findPromptForUpdate } from '../store.ts'
import { insertNextVersions } from './add-version.ts'
import { createPromptOf } from './create-prompt.ts'
import { setLabel } from './set-label.ts'

export interface ImportedPrompts {
  created: string[]
  extended: string[]
  skipped: string[]
}

/**
 * Takes in what an export gave, all or nothing. Versions are numbered anew, from 1 or after those that are there.
 * @throws prompts.name_taken, limit_reached (409), validation_failed (400)
 */
export async function importPrompts(
  scope: Scope,
  { prompts, existing }: PromptImport,
): Promise<ImportedPrompts> {
  requirePermission(scope.caller, 'manage:prompts')
  const done: ImportedPrompts = { created: [], extended: [], skipped: [] }
  for (const [place, prompt] of prompts.entries()) {
    const at = `prompts.${place}.`
    const there = await findPromptByName(scope.tx, prompt.name)
    if (!there) {
      await importNew(scope, prompt, at)
      done.created.push(prompt.name)
    } else if (existing === 'refuse') {
      throw promptNameTaken({
        message: `There is a prompt named '${prompt.name}' already. Choose whether to skip it or to add to it.`,
      })
    } else if (existing === 'skip') {
      done.skipped.push(prompt.name)
    } else {
      await extend(scope, there.id, prompt, at)
      done.extended.push(prompt.name)
    }
  }
  return done
}

async function importNew(scope: Scope, prompt: ExportedPrompt, at: string): Promise<void> {
  const versions = inOrder(prompt)
  const numbers = new Map(versions.map(({ number }, place) => [number, place + 1]))
  const id = await createPromptOf(scope, prompt, versions.map(contentOf), `${at}versions.`)
  for (const [label, number] of Object.entries(prompt.labels)) {
    const version = numbers.get(number)
    if (version === undefined) {
      const field = `${at}labels.${label}`
      const message = `stands on version ${number}, which is not in the file`
      throw validationFailed({
        message: `The request is not valid: body field "${field}": ${message}.`,
        details: { problems: [{ in: 'body', field, message }] },
      })
    }
    await setLabel(scope, id, label, { version, canary: null })
  }
}

async function extend(scope: Scope, id: string, prompt: ExportedPrompt, at: string): Promise<void> {
  const locked = await findPromptForUpdate(scope.tx, id)
  if (!locked) return
  const versions = inOrder(prompt).map(contentOf)
  await insertNextVersions(scope, locked, versions, `${at}versions.`)
  const changes = { name: locked.name, version: locked.latestVersion + versions.length, note: 'imported' }
  await recordAudit(scope, { action: 'prompt.add_version', entity: { type: 'prompt', id }, changes })
}

function inOrder({ versions }: ExportedPrompt): ExportedPrompt['versions'] {
  return versions.toSorted((one, other) => one.number - other.number)
}

function contentOf({ messages, variables, model, parameters, note }: NewVersion): NewVersion {
  return { messages, variables, model, parameters, note }
}
