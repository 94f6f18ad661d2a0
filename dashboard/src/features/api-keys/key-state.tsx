import type { ApiKey } from '../../app/api-types.ts'
import { formatCountdown, formatDate, formatExact } from '../../app/format.ts'
import { StatusDot } from '../../ui/badge.tsx'
import { Time } from '../../ui/time.tsx'

/** Whether it opens anything, as far as the key itself goes. */
export function isUsable(apiKey: ApiKey): boolean {
  return apiKey.revokedAt === null && (apiKey.expiresAt === null || new Date(apiKey.expiresAt) > new Date())
}

export function KeyState({ apiKey }: { apiKey: ApiKey }) {
  if (apiKey.revokedAt) {
    return (
      <StatusDot tone="neutral">
        <span>
          Revoked <Time value={apiKey.revokedAt} />
        </span>
      </StatusDot>
    )
  }
  if (!apiKey.expiresAt) return <StatusDot tone="accent">Active</StatusDot>
  const now = new Date()
  const expires = new Date(apiKey.expiresAt)
  if (expires <= now) {
    return (
      <StatusDot tone="neutral">
        {apiKey.rotatedTo ? 'Replaced' : 'Expired'} {formatDate(expires)}
      </StatusDot>
    )
  }
  if (apiKey.rotatedTo) {
    return (
      <StatusDot tone="amber">
        <time dateTime={apiKey.expiresAt} title={formatExact(expires)}>
          Replaced, ends {formatCountdown(expires, now)}
        </time>
      </StatusDot>
    )
  }
  return <StatusDot tone="accent">Until {formatDate(expires)}</StatusDot>
}

export function LastUsed({ apiKey }: { apiKey: ApiKey }) {
  return apiKey.lastUsedAt ? (
    <Time value={apiKey.lastUsedAt} />
  ) : (
    <span className="text-ink-3">Never used</span>
  )
}
