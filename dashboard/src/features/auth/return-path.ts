/** Where to go after signing in: a path of this page, never another site. */
export function returnPath(redirect: string | undefined): string {
  if (redirect === undefined || !redirect.startsWith('/') || /^\/[/\\]/.test(redirect)) return '/'
  return redirect
}

const storageKey = 'freehold.return-path'

/** Keeps it in this tab while another site signs somebody in, for when that comes to nothing: else the server says it. */
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
