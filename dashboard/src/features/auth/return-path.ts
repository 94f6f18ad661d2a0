/** Where to go after signing in: a path of this page, never another site. */
export function returnPath(redirect: string | undefined): string {
  if (redirect === undefined || !redirect.startsWith('/') || /^\/[/\\]/.test(redirect)) return '/'
  return redirect
}
