import type { AccountEventRow } from './account-events.ts'
import type { CountryOf } from './adapters/country-lookup.ts'
import type { PasskeyRow } from './passkey-store.ts'
import { readDevice } from './rules/read-device.ts'
import type { SessionRow } from './session-store.ts'

export function presentSession(row: SessionRow, currentId: string | null, countryOf: CountryOf) {
  return {
    id: row.id,
    device: readDevice(row.userAgent),
    ip: row.ipAddress === '' ? null : row.ipAddress,
    country: countryOf(row.ipAddress),
    createdAt: row.createdAt.toISOString(),
    lastUsedAt: (row.lastUsedAt ?? row.createdAt).toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    current: row.id === currentId,
  }
}

export function presentAccountEvent(row: AccountEventRow, countryOf: CountryOf) {
  const { id, action, details, ip, requestId } = row
  return {
    id,
    action,
    details,
    device: readDevice(row.userAgent),
    ip,
    country: countryOf(ip),
    requestId,
    createdAt: row.createdAt.toISOString(),
  }
}

export function presentPasskey(row: PasskeyRow) {
  return {
    id: row.id,
    name: row.name,
    backedUp: row.backedUp,
    createdAt: row.createdAt.toISOString(),
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
  }
}
