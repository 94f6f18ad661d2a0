import { z } from '@hono/zod-openapi'

const here = 'https://freehold.invalid'

/** Whether a text is a path on this server, whatever a browser makes of it: `//elsewhere` and `/\elsewhere` are not. */
export function isOwnPath(text: string): boolean {
  if (!text.startsWith('/') || /[\\\p{Cc}]/u.test(text)) return false
  return URL.parse(text, here)?.origin === here && !text.startsWith('//')
}

/** Where a browser goes after another site has sent it back here. */
export const returnTo = z
  .string()
  .max(500)
  .refine(isOwnPath, 'must be a path on this server')
  .openapi({ description: 'Where to go afterwards: a path on this server.', example: '/chat' })
