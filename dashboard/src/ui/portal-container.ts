import { createContext, useContext } from 'react'

/**
 * Where what floats is put: inside the page's main landmark, so that a screen reader finds it where it belongs. The
 * shell provides it; without it, the body.
 */
export const PortalContainer = createContext<HTMLElement | null>(null)

export function usePortalContainer(): HTMLElement | null {
  return useContext(PortalContainer)
}
