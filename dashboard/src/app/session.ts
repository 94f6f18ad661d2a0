import type { components } from '@freehold/sdk'
import { queryOptions, useSuspenseQuery } from '@tanstack/react-query'
import { api, FreeholdError, take } from './api.ts'
import type { OrganizationSummary, Session } from './api-types.ts'
import { queryClient } from './query-client.ts'

/** Who is signed in, or null. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: loadSession,
  staleTime: 5 * 60_000,
})

async function loadSession(): Promise<Session | null> {
  try {
    return asSession(await take(api.GET('/api/v1/auth/session')))
  } catch (error) {
    if (error instanceof FreeholdError && error.status === 401) return null
    throw error
  }
}

/** The session inside the shell, where the router has made sure that there is one. */
export function useSession(): Session {
  const { data } = useSuspenseQuery(sessionQuery)
  if (data === null) throw new Error('This page needs a session.')
  return data
}

export function useOrganization(): OrganizationSummary {
  const { organization } = useSession()
  if (organization === null) throw new Error('This page needs an organization.')
  return organization
}

/** Whether the person holds the permission in this organization; the server decides again on every call. */
export function useCan(permission: string): boolean {
  return useSession().permissions.includes(permission)
}

/** Starts from a clean sheet: nothing of the last person or organization stays in memory. */
export function enterSession(session: components['schemas']['Session']): void {
  replaceSession(asSession(session))
}

export function leaveSession(): void {
  replaceSession(null)
}

/**
 * Reads the session again after something about it was changed. A first reading that is still under way may have
 * seen what was there before, and would be joined instead of repeated: it is called off.
 */
export async function sessionChanged(): Promise<void> {
  await queryClient.cancelQueries({ queryKey: sessionQuery.queryKey })
  await queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey })
}

/** Asks again who one is here: after one's role, or the organization itself, has changed. */
export function refreshSession(): Promise<void> {
  refreshing ??= refresh().finally(() => {
    refreshing = null
  })
  return refreshing
}

/** A page whose every request was refused asks once. */
let refreshing: Promise<void> | null = null

async function refresh(): Promise<void> {
  await queryClient.cancelQueries({ queryKey: sessionQuery.queryKey })
  const session = await loadSession()
  const before = queryClient.getQueryData(sessionQuery.queryKey)
  // In another organization, or in none, nothing of the last one may be seen.
  if (before?.organization?.id !== session?.organization?.id) replaceSession(session)
  else queryClient.setQueryData(sessionQuery.queryKey, session)
}

/** Nobody belongs to an organization that is null; see api-types.ts. */
function asSession(session: components['schemas']['Session']): Session {
  return session as Session
}

function replaceSession(session: Session | null): void {
  // The session's own query stays, because the shell watches it; a new one in its place would not be seen.
  queryClient.removeQueries({ predicate: (query) => query.queryKey[0] !== sessionQuery.queryKey[0] })
  queryClient.setQueryData(sessionQuery.queryKey, session)
}
