import type { Context } from 'hono'

/** Adds cookies to an answer, beside those that are there. */
export function setCookies(http: Context, cookies: readonly string[]): void {
  for (const cookie of cookies) http.header('set-cookie', cookie, { append: true })
}
