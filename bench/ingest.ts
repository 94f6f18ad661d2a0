import { followDocument, signUp, uploadDocument } from '../examples/demo/api-client.ts'
import { makePdf } from '../server/src/testing/make-documents.ts'
import { type DeploymentKind, withDeployment, withServer } from './deployment.ts'
import { type Figure, percentile, round } from './figure.ts'
import { probeEvery } from './probe.ts'

const pages = 100
const probeEveryMs = 10
const atMostMs = 150_000

/** A 100-page PDF from upload to ready, while another client asks /health/live a hundred times a second. */
export async function measureIngest(kind: DeploymentKind): Promise<Figure[]> {
  const bytes = new Uint8Array(await makePdf({ pages }))
  const signal = AbortSignal.timeout(atMostMs)
  return withDeployment(kind, (deployment) =>
    withServer(deployment, async ({ url }) => {
      const person = {
        email: 'ada@example.com',
        password: 'a-long-passphrase',
        name: 'Ada',
        organizationName: 'Bench',
      }
      const { accessToken } = await signUp(url, person, signal)
      const credentials = { url, accessToken, signal }
      const probe = probeEvery(`${url}/health/live`, probeEveryMs)
      const startedAt = performance.now()
      const { id } = await uploadDocument(credentials, { name: 'handbook.pdf', bytes })
      for await (const document of followDocument(credentials, id)) {
        if (document.status === 'failed') throw new Error(`The document failed: ${document.failure?.message}`)
      }
      const tookMs = performance.now() - startedAt
      const latenciesMs = await probe.stop()
      const figure = (name: string, value: number, unit: Figure['unit'], target?: number): Figure => ({
        suite: 'ingest',
        name: `${name}, ${kind}`,
        value: round(value, unit),
        unit,
        ...(target === undefined ? {} : { target }),
      })
      return [
        figure(`${pages} pages from upload to ready`, tookMs / 1000, 's', 60),
        figure('/health/live meanwhile, p50', percentile(latenciesMs, 0.5), 'ms'),
        figure('/health/live meanwhile, p99', percentile(latenciesMs, 0.99), 'ms', 50),
        figure('/health/live meanwhile, slowest', percentile(latenciesMs, 1), 'ms'),
      ]
    }),
  )
}
