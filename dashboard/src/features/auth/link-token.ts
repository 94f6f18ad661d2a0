import { useRouter } from '@tanstack/react-router'
import { useEffect, useState } from 'react'

/**
 * What a link carries behind `#`, which is sent to no server: read once, and taken out of the address at once, so that
 * it stands in no history, no bookmark and no screenshot.
 */
export function useHashOnce(): URLSearchParams {
  const router = useRouter()
  const [parts] = useState(() => new URLSearchParams(window.location.hash.slice(1)))
  useEffect(() => {
    if (window.location.hash === '') return
    router.history.replace(window.location.pathname + window.location.search)
  }, [router])
  return parts
}
