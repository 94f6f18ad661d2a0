/** Ties a sign-in with another provider to the browser that began it. */
const name = 'freehold.social'

export function socialCookie(publicUrl: string, value: string, seconds: number): string {
  const secure = publicUrl.startsWith('https:') ? '; Secure' : ''
  return `${name}=${value}; Path=/api/v1/auth/social; Max-Age=${seconds}; HttpOnly; SameSite=Lax${secure}`
}

export function readSocialCookie(headers: Headers): string | undefined {
  return headers.get('cookie')?.match(/(?:^|; *)freehold\.social=([\w-]{43})(?:;|$)/)?.[1]
}
