/** Where to go after signing in: a path of this page, never another site. */
export function returnPath(redirect: string | undefined): string {
  if (redirect === undefined || !redirect.startsWith('/') || /^\/[/\\]/.test(redirect)) return '/'
  return redirect
}

const storageKey = 'freehold.return-path'

/** Keeps it in this tab while another site signs somebody in. */
export function holdReturnPath(path: string): void {
  try {
    sessionStorage.setItem(storageKey, path)
  } catch {
    // Then the way leads home.
  }
}

export function heldReturnPath(): string {
  try {
    return returnPath(sessionStorage.getItem(storageKey) ?? undefined)
  } catch {
    return '/'
  }
}

export function takeReturnPath(): string {
  const held = heldReturnPath()
  try {
    sessionStorage.removeItem(storageKey)
  } catch {
    // Then nothing was kept.
  }
  return held
}
