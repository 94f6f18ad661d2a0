const here = 'https://freehold.invalid'

/** Whether a text is a path on this server, whatever a browser makes of it: `//elsewhere` and `/\elsewhere` are not. */
export function isOwnPath(text: string): boolean {
  if (!text.startsWith('/') || /[\\\p{Cc}]/u.test(text)) return false
  return URL.parse(text, here)?.origin === here && !text.startsWith('//')
}
