const id = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i

/**
 * Gives paths as they may stand in a log: the words of the routes' own paths and ids of ours. Whatever else a client puts
 * there may be a name, an address or a secret, and is shown as `…`.
 */
export function createLoggedPath(routePaths: readonly string[]): (path: string) => string {
  const words = new Set(routePaths.flatMap((path) => path.split('/')).filter((part) => !part.includes('{')))
  return (path) =>
    path
      .split('/')
      .map((part) => (words.has(part) || id.test(part) ? part : '…'))
      .join('/')
}
