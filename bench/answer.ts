import {
  ask,
  type Credentials,
  followDocument,
  signIn,
  signUp,
  uploadDocument,
} from '../examples/demo/api-client.ts'
import { makePdf } from '../server/src/testing/make-documents.ts'
import { type DeploymentKind, withDeployment, withServer } from './deployment.ts'
import { type Figure, figureOfRuns } from './figure.ts'

const runs = 3
const warmQuestions = 10
const targetMs = 1_000
const password = 'a-long-passphrase'
const question = 'How often is the relief valve inspected?'

/** From signing up to the first token of the first answer, by the local model, and what changes it. */
export async function measureAnswer(kind: DeploymentKind): Promise<Figure[]> {
  const samples = {
    empty: [] as number[],
    document: [] as number[],
    restarted: [] as number[],
    warm: [] as number[],
  }
  for (let run = 0; run < runs; run++) {
    await withDeployment(kind, async (deployment) => {
      const person = await withServer(deployment, async ({ url }) => {
        // The first request of all to this server: nothing is loaded, nothing compiled.
        const first = await signUpAndAsk(url)
        samples.empty.push(first.tookMs)
        const second = await signUpTimed(url)
        await uploadAndWait(second.credentials)
        samples.document.push(second.tookMs + (await firstTokenMs(second.credentials)))
        for (let asked = 0; asked < warmQuestions; asked++)
          samples.warm.push(await firstTokenMs(second.credentials))
        return second.email
      })
      await withServer(deployment, async ({ url }) => {
        // With documents and a server that has just started, the question also waits for the embedding weights.
        const startedAt = performance.now()
        const signal = AbortSignal.timeout(30_000)
        const session = await signIn(url, { email: person, password }, signal)
        await firstTokenMs({ url, accessToken: session.accessToken, signal })
        samples.restarted.push(performance.now() - startedAt)
      })
    })
  }
  const figure = (name: string, values: number[], target?: number) =>
    figureOfRuns(
      { suite: 'answer', name: `${name}, ${kind}`, unit: 'ms', ...(target === undefined ? {} : { target }) },
      values,
    )
  return [
    figure('sign-up to first token, new server, no document', samples.empty, targetMs),
    figure('sign-up to first token, document ready (reading it not counted)', samples.document, targetMs),
    figure('sign-in to first token, restarted server, document ready', samples.restarted),
    { ...figure('question to first token, warm', samples.warm, targetMs), runs: [] },
  ]
}

async function signUpAndAsk(url: string): Promise<{ tookMs: number }> {
  const { credentials, tookMs } = await signUpTimed(url)
  return { tookMs: tookMs + (await firstTokenMs(credentials)) }
}

async function signUpTimed(
  url: string,
): Promise<{ credentials: Credentials; email: string; tookMs: number }> {
  const signal = AbortSignal.timeout(60_000)
  const email = `${crypto.randomUUID()}@example.com`
  const startedAt = performance.now()
  const session = await signUp(url, { email, password, name: 'Ada', organizationName: 'Bench' }, signal)
  return {
    credentials: { url, accessToken: session.accessToken, signal },
    email,
    tookMs: performance.now() - startedAt,
  }
}

async function firstTokenMs(credentials: Credentials): Promise<number> {
  const startedAt = performance.now()
  let tookMs: number | undefined
  // Read to the end: a stream cut off would go on being written during the next measurement.
  for await (const { event, data } of ask(credentials, question)) {
    if (event === 'message.delta') tookMs ??= performance.now() - startedAt
    if (event === 'message.error') throw new Error(data.error.message)
  }
  if (tookMs === undefined) throw new Error('The answer had no text.')
  return tookMs
}

async function uploadAndWait(credentials: Credentials): Promise<void> {
  const bytes = new Uint8Array(await makePdf({ pages: 3 }))
  const { id } = await uploadDocument(credentials, { name: 'handbook.pdf', bytes })
  for await (const document of followDocument(credentials, id)) {
    if (document.status === 'failed') throw new Error(`The document failed: ${document.failure?.message}`)
  }
}
