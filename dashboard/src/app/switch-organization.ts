import { useNavigate } from '@tanstack/react-router'
import { api, take } from './api.ts'
import { enterSession, useSession } from './session.ts'

/** Goes to another of the person's organizations and shows its home. */
export function useSwitchOrganization(): (organizationId: string) => Promise<void> {
  const session = useSession()
  const navigate = useNavigate()
  return async (organizationId) => {
    if (organizationId === session.organization?.id) return
    const next = await take(api.POST('/api/v1/auth/switch', { body: { organizationId } }))
    await navigate({ to: '/' })
    enterSession(next)
  }
}
