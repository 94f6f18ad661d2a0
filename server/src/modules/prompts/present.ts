import type { LabelMoveRow, LabelRow } from './label-store.ts'
import type { NamedPrompt, PersonName, VersionRow, VersionSummary } from './store.ts'

export function presentPrompt(row: NamedPrompt, labels: readonly LabelRow[]) {
  return {
    id: row.id,
    name: row.name,
    folder: row.folder,
    description: row.description,
    latestVersion: row.latestVersion,
    labels: labels.filter(({ promptId }) => promptId === row.id).map(presentLabel),
    createdBy: row.author,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    archivedAt: row.archivedAt?.toISOString() ?? null,
  }
}

export function presentLabel(row: LabelRow) {
  return {
    label: row.label,
    version: row.version,
    canary: canaryOf(row),
    updatedAt: row.updatedAt.toISOString(),
  }
}

function canaryOf({ canaryVersion, canaryPercent }: Pick<LabelRow, 'canaryVersion' | 'canaryPercent'>) {
  return canaryVersion === null || canaryPercent === null
    ? null
    : { version: canaryVersion, percent: canaryPercent }
}

export function presentVersion(row: VersionRow & { author: PersonName }) {
  return {
    number: row.number,
    messages: row.messages,
    variables: row.variables,
    model: row.model,
    parameters: row.parameters,
    note: row.note,
    createdBy: row.author,
    createdAt: row.createdAt.toISOString(),
  }
}

export function presentSummary({ number, model, note, author, createdAt }: VersionSummary) {
  return { number, model, note, createdBy: author, createdAt: createdAt.toISOString() }
}

export function presentMove(row: LabelMoveRow) {
  return {
    id: row.id,
    label: row.label,
    from: row.fromVersion,
    to: row.toVersion,
    canary: canaryOf(row),
    movedBy: row.mover,
    movedAt: row.movedAt.toISOString(),
  }
}
