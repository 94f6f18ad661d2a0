const longestSeconds = 300

/** How long a call that a limit has refused waits: as long as it was told, and longer each time. */
export function retryAfterSeconds(tries: number, headers: Readonly<Record<string, string>>): number {
  const told = Object.entries(headers).find(([name]) => name.toLowerCase() === 'retry-after')?.[1]
  const seconds = Math.max(Number(told ?? 0) || 0, 2 ** tries)
  return Math.min(Math.ceil(seconds), longestSeconds)
}
