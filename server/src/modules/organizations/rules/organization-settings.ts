export interface OrganizationSettings {
  /** The chat model of calls that name none; null for the installation's. */
  defaultModel: string | null
  /** The ids of the only models that may be used; null for every one. */
  allowedModels: string[] | null
  /** For how long answers are kept that come out the same again; null where none are kept unasked. */
  responseCacheSeconds: number | null
}

/** What calls need to know of an organization. */
export interface CallSettings extends OrganizationSettings {
  /** Grows each time the kept answers are thrown away: those of an earlier one are found no more. */
  cacheEpoch: number
}

/** Settings as they are stored: what is missing, or is not what it should be, is as if it had never been set. */
export function readSettings(stored: Record<string, unknown>): OrganizationSettings {
  const { defaultModel, allowedModels, responseCacheSeconds } = stored
  const isList = Array.isArray(allowedModels) && allowedModels.every((one) => typeof one === 'string')
  return {
    defaultModel: typeof defaultModel === 'string' ? defaultModel : null,
    allowedModels: isList ? allowedModels : null,
    responseCacheSeconds: isCount(responseCacheSeconds) ? responseCacheSeconds : null,
  }
}

export function readCallSettings(stored: Record<string, unknown>): CallSettings {
  const { cacheEpoch } = stored
  return { ...readSettings(stored), cacheEpoch: isCount(cacheEpoch) ? cacheEpoch : 0 }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0
}
