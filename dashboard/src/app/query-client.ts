import { QueryClient } from '@tanstack/react-query'
import { FreeholdError } from './api.ts'

/** Retries only what another try can cure: nobody answered, or the server was overloaded. */
function worthRetrying(failures: number, error: Error): boolean {
  if (!(error instanceof FreeholdError)) return false
  return failures < 2 && (error.status === 0 || error.status === 502 || error.status === 503)
}

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: { retry: worthRetrying, staleTime: 15_000, refetchOnWindowFocus: true },
    mutations: { retry: false },
  },
})
