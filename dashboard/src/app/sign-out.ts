import { useNavigate } from '@tanstack/react-router'
import { toast } from 'sonner'
import { api, messageOf } from './api.ts'
import { openOverlay } from './overlays.ts'
import { leaveSession } from './session.ts'

export function useSignOut(): () => void {
  const navigate = useNavigate()
  return () => {
    openOverlay(null)
    api
      .POST('/api/v1/auth/signout', { body: {} })
      .then(() => navigate({ to: '/signin' }))
      .then(leaveSession)
      .catch((error: unknown) => {
        toast.error('You are still signed in', { description: messageOf(error) })
      })
  }
}
