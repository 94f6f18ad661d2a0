import type { Scope } from '../../platform/context.ts'
import { decryptText, encrypt } from '../../platform/crypto/index.ts'
import type { Platform } from '../../platform/platform.ts'
import { openDataKeys } from '../organizations/index.ts'
import type { RunOutput } from './contract.ts'

/** What is sealed, by table and column, as what it was before. */
interface Sealed {
  'assistant_runs.input': string
  'assistant_runs.output': RunOutput
  'assistant_run_steps.input': unknown
  'assistant_run_steps.output': unknown
  'assistant_approvals.arguments': Record<string, unknown>
  'assistant_approvals.edited': Record<string, unknown>
  'assistant_approvals.note': string
}

export interface RunSeal {
  seal<Place extends keyof Sealed>(place: Place, rowId: string, value: Sealed[Place]): string
  open<Place extends keyof Sealed>(place: Place, rowId: string, sealed: string): Sealed[Place]
}

/** Opens the data keys of the scope's organization once, for any number of cells. */
export async function openRunSeal(platform: Platform, scope: Scope): Promise<RunSeal> {
  const keys = await openDataKeys(platform, scope)
  const { organizationId } = scope
  const cell = (place: string, rowId: string) => {
    const [table = '', column = ''] = place.split('.')
    return { organizationId, table, column, rowId }
  }
  return {
    seal: (place, rowId, value) => encrypt(keys.current, JSON.stringify(value ?? null), cell(place, rowId)),
    open: <Place extends keyof Sealed>(place: Place, rowId: string, sealed: string) =>
      // Sealed above, from a value of this place's type.
      JSON.parse(decryptText(keys.keyFor(sealed), sealed, cell(place, rowId))) as Sealed[Place],
  }
}
