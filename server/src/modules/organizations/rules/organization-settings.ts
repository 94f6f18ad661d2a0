export interface OrganizationSettings {
  /** The chat model of calls that name none; null for the installation's. */
  defaultModel: string | null
  /** The ids of the only models that may be used; null for every one. */
  allowedModels: string[] | null
}

/** Settings as they are stored: what is missing, or is not what it should be, is as if it had never been set. */
export function readSettings({ defaultModel, allowedModels }: Record<string, unknown>): OrganizationSettings {
  const isList = Array.isArray(allowedModels) && allowedModels.every((one) => typeof one === 'string')
  return {
    defaultModel: typeof defaultModel === 'string' ? defaultModel : null,
    allowedModels: isList ? allowedModels : null,
  }
}
