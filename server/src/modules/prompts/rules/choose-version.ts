import { placeOfText } from '../../../platform/place-of-text.ts'

export interface LabelState {
  label: string
  version: number
  canaryVersion: number | null
  canaryPercent: number | null
}

export interface VersionsOf {
  id: string
  latestVersion: number
  labels: readonly LabelState[]
}

export const defaultLabel = 'production'

/** Which version a call gets; undefined where the prompt has none of the label. A number is taken at its word. */
export function chooseVersion(
  prompt: VersionsOf,
  wanted: { label?: string | undefined; version?: number | undefined },
  subject: string,
): { number: number; isCanary: boolean } | undefined {
  if (wanted.version !== undefined) return { number: wanted.version, isCanary: false }
  const name = wanted.label ?? defaultLabel
  if (name === 'latest') return { number: prompt.latestVersion, isCanary: false }
  const label = prompt.labels.find((one) => one.label === name)
  if (label === undefined) return undefined
  const { version, canaryVersion, canaryPercent } = label
  if (canaryVersion === null || canaryPercent === null) return { number: version, isCanary: false }
  // The same subject always falls in the same place: a share that grows keeps those it had, and another canary draws anew.
  const place = placeOfText(`${prompt.id}\n${name}\n${canaryVersion}\n${subject}`)
  const isCanary = place * 100 < canaryPercent
  return { number: isCanary ? canaryVersion : version, isCanary }
}
