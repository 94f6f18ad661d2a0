import { Agent, get } from 'node:http'

/**
 * Asks an address at a fixed pace, whether or not the earlier answers have come: a server that stalls for half a second
 * then shows as many slow answers, and not as one.
 */
export function probeEvery(url: string, everyMs: number): { stop(): Promise<number[]> } {
  const agent = new Agent({ keepAlive: true })
  const answers: Promise<number>[] = []
  const timer = setInterval(() => {
    const answer = timeOne(url, agent)
    // Told by `stop`, which waits for all of them.
    answer.catch(() => {})
    answers.push(answer)
  }, everyMs)
  return {
    /** The milliseconds each answer took. @throws when one was not 200 or did not come */
    async stop() {
      clearInterval(timer)
      try {
        return await Promise.all(answers)
      } finally {
        agent.destroy()
      }
    },
  }
}

function timeOne(url: string, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now()
    const request = get(url, { agent, timeout: 30_000 }, (response) => {
      response.resume()
      response.once('end', () => {
        if (response.statusCode === 200) resolve(performance.now() - startedAt)
        else reject(new Error(`${url} answered ${response.statusCode}`))
      })
    })
    request.once('timeout', () => request.destroy(new Error(`${url} did not answer`)))
    request.once('error', reject)
  })
}
