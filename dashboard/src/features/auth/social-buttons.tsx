import { useMutation, useQuery } from '@tanstack/react-query'
import { api, take } from '../../app/api.ts'
import { Button } from '../../ui/button.tsx'
import { useWait } from './countdown.ts'
import { socialProvidersQuery } from './queries.ts'
import { holdReturnPath } from './return-path.ts'
import { SignInError } from './sign-in-error.tsx'

type Provider = 'google' | 'github'

/** One button for each provider that is set up on this server. */
export function SocialButtons({ goesTo }: { goesTo: string }) {
  const providers = useQuery(socialProvidersQuery)
  const begin = useMutation({
    mutationFn: (provider: Provider) =>
      take(api.POST('/api/v1/auth/social', { body: { provider, returnTo: goesTo } })),
    onSuccess: ({ url }) => {
      holdReturnPath(goesTo)
      window.location.assign(url)
    },
  })
  const wait = useWait(begin.error)
  // The page is on its way to another site once there is an address.
  const leaving = begin.isPending || begin.isSuccess
  return (
    <>
      {providers.data?.map(({ id, name }) => (
        <Button
          key={id}
          size="lg"
          busy={leaving && begin.variables === id}
          disabled={leaving || wait > 0}
          onClick={() => begin.mutate(id)}
          className="w-full"
        >
          <ProviderMark provider={id} /> Continue with {name}
        </Button>
      ))}
      <SignInError error={begin.error} email="" waitSeconds={wait} />
    </>
  )
}

/** Their signs, in the colour of the words beside them. */
function ProviderMark({ provider }: { provider: Provider }) {
  return (
    <svg viewBox="0 0 24 24" fill="currentColor" aria-hidden>
      <path d={marks[provider]} />
    </svg>
  )
}

const marks: Record<Provider, string> = {
  google:
    'M12.2 10.2v3.9h5.5c-.25 1.4-1.7 4.1-5.5 4.1a6.2 6.2 0 0 1 0-12.4c1.9 0 3.15.8 3.87 1.5l2.64-2.55C17.02 3.17 14.83 2.2 12.2 2.2a9.8 9.8 0 1 0 0 19.6c5.66 0 9.4-3.97 9.4-9.57 0-.64-.07-1.13-.16-1.62z',
  github:
    'M12 1.5a10.5 10.5 0 0 0-3.32 20.46c.53.1.72-.23.72-.5v-1.77c-2.92.63-3.54-1.41-3.54-1.41-.48-1.21-1.17-1.54-1.17-1.54-.95-.65.07-.64.07-.64 1.06.08 1.61 1.09 1.61 1.09.94 1.6 2.46 1.14 3.06.87.1-.68.37-1.14.67-1.4-2.33-.27-4.78-1.17-4.78-5.19 0-1.15.41-2.08 1.08-2.82-.1-.26-.47-1.33.1-2.78 0 0 .89-.28 2.9 1.08a10 10 0 0 1 5.28 0c2-1.36 2.89-1.08 2.89-1.08.57 1.45.21 2.52.1 2.78.68.74 1.08 1.67 1.08 2.82 0 4.03-2.46 4.92-4.8 5.18.38.33.72.97.72 1.96v2.9c0 .28.19.61.73.5A10.5 10.5 0 0 0 12 1.5z',
}
