import type { AnyJob, JobQueue } from '../../../platform/jobs/job-queue.ts'

/** Jobs that stay in this process: the workers of a running installation never see them. */
export interface HeldJobs extends JobQueue {
  /** Does what was sent, in order. A job that fails has failed: its request is answered for already. */
  run(): Promise<void>
}

export function createHeldJobs(onFailure: (error: unknown, job: string) => void): HeldJobs {
  let definitions: readonly AnyJob[] = []
  let held: { name: string; payload: object }[] = []
  const hold = async (job: { name: string }, payload: object) => {
    held.push({ name: job.name, payload })
  }
  return {
    async start(given) {
      definitions = given
    },
    send: (_scope, job, payload) => hold(job, payload),
    sendAsSystem: (_tx, job, payload) => hold(job, payload),
    async run() {
      while (held.length > 0) {
        const batch = held
        held = []
        for (const { name, payload } of batch) {
          const definition = definitions.find((one) => one.name === name)
          if (!definition) throw new Error(`There is no job ${name}.`)
          try {
            const run = { jobId: name, signal: new AbortController().signal }
            await definition.handle(definition.payload.parse(payload), run)
          } catch (error) {
            onFailure(error, name)
          }
        }
      }
    },
    stats: async () => [],
    stop: async () => {},
  }
}
