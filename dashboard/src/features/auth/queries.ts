import { queryOptions } from '@tanstack/react-query'
import { api, take } from '../../app/api.ts'

/** Which other providers sign people in here. Where this cannot be asked, the password is left. */
export const socialProvidersQuery = queryOptions({
  queryKey: ['social-providers'],
  queryFn: () => take(api.GET('/api/v1/auth/social')),
  staleTime: 10 * 60_000,
  retry: false,
  networkMode: 'always',
  select: (page) => page.data,
})
