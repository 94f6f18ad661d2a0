/** The role that the server runs as. */
export const appRole = 'freehold_app'

/**
 * True when the URL logs in as the server's own role; then it cannot migrate, and needs no stepping down. The name that a
 * pooler is given may carry the project behind a dot.
 */
export function logsInAsApp(url: string): boolean {
  const login = decodeURIComponent(URL.parse(url)?.username ?? '')
  return login.split('.')[0] === appRole
}
