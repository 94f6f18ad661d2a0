import { useSyncExternalStore } from 'react'

export function useMediaQuery(query: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      const list = matchMedia(query)
      list.addEventListener('change', listener)
      return () => list.removeEventListener('change', listener)
    },
    () => matchMedia(query).matches,
  )
}

/** The phone's frame: a bottom bar instead of the rail. */
export const usePhone = (): boolean => useMediaQuery('(max-width: 768px)')
/** Room for an inspector beside the page. */
export const useWide = (): boolean => useMediaQuery('(min-width: 1200px)')
