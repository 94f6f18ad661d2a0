import pg from 'pg'
import { Pool } from 'undici'
import { signUp } from '../examples/demo/api-client.ts'
import { hashPassword } from '../server/src/modules/identity/index.ts'
import { type DeploymentKind, withDeployment, withServer } from './deployment.ts'
import { type Figure, figureOfRuns, median, percentile } from './figure.ts'
import { startProgram } from './gateway/peers.ts'

const password = 'a-long-passphrase'
const connections = 32
const readingMs = 5_000
const readsPerSecond = 3_000
const rounds = 10
const readsPerRound = 400
const policiesCostAtMost = 1.15
/** Each from fewer than the thirty tries a minute that an account may have. */
const signIns = 25
const keys = 40
const usageRecords = 5_000

interface Target {
  url: string
  token: string
  organizationId: string
  /** Several, because an account may not be tried for ever. */
  emails: readonly string[]
}

/** What it costs to know who calls and to keep tenants apart. */
export async function measureAccess(kind: DeploymentKind): Promise<Figure[]> {
  return withDeployment(kind, (deployment) =>
    withServer(deployment, async ({ url }) => {
      const target = await prepare(url)
      const { DATABASE_URL } = deployment.settings
      const figures = await measureReads(target, kind, DATABASE_URL)
      figures.push(await measureSignIn(target, kind))
      if (DATABASE_URL !== undefined) figures.push(...(await measurePolicies(target, DATABASE_URL)))
      return figures
    }),
  )
}

async function prepare(url: string): Promise<Target> {
  const signal = AbortSignal.timeout(60_000)
  const signUpAs = (email: string) =>
    signUp(url, { email, password, name: 'Ada', organizationName: 'Bench' }, signal)
  const emails = Array.from({ length: 3 }, () => `${crypto.randomUUID()}@example.com`)
  const [session] = await Promise.all(emails.map(signUpAs))
  if (!session) throw new Error('Nobody signed up.')
  const headers = { authorization: `Bearer ${session.accessToken}`, 'content-type': 'application/json' }
  const answer = await fetch(`${url}/api/v1/organizations`, { headers })
  // The contract of this list.
  const { data } = (await answer.json()) as { data: { id: string }[] }
  const organizationId = data[0]?.id ?? ''
  for (let made = 0; made < keys; made++) {
    const body = JSON.stringify({ name: `key ${made}` })
    const created = await fetch(`${url}/api/v1/api-keys`, { method: 'POST', headers, body })
    if (created.status !== 201) throw new Error(`Making a key answered ${created.status}.`)
  }
  return { url, token: session.accessToken, organizationId, emails }
}

/**
 * How many reads are answered in a second, one after another over each of several connections. On PostgreSQL in turns with
 * a bare server that reads the same row: what this machine could do at all, with the client and the database beside it.
 */
async function measureReads(
  target: Target,
  kind: DeploymentKind,
  databaseUrl: string | undefined,
): Promise<Figure[]> {
  const bare =
    databaseUrl && (await startProgram('access/bare-reader.ts', databaseUrl, target.organizationId))
  const path = `/api/v1/organizations/${target.organizationId}`
  const rates: number[] = []
  const bareRates: number[] = []
  try {
    // The first run warms the processes up.
    for (let run = 0; run < 6; run++) {
      const rate = await readsASecond(target.url, target.token, path)
      const bareRate = bare && (await readsASecond(bare.url, target.token, path))
      if (run === 0) continue
      rates.push(rate)
      if (bareRate) bareRates.push(bareRate)
    }
  } finally {
    if (bare) await bare.stop()
  }
  const figure = { suite: 'access', name: `authenticated reads, ${kind}`, unit: '/s' } as const
  if (!bare) return [figureOfRuns(figure, rates)]
  const ratios = rates.map((rate, run) => rate / (bareRates[run] ?? Number.NaN))
  const name = `authenticated reads ÷ those of a bare server (${median(bareRates).toFixed(0)}/s), ${kind}`
  return [
    // The target is one of the served installation.
    figureOfRuns({ ...figure, target: readsPerSecond, atLeast: true }, rates),
    figureOfRuns({ suite: 'access', name, unit: '×' }, ratios),
  ]
}

async function readsASecond(url: string, token: string, path: string): Promise<number> {
  const pool = new Pool(url, { connections, pipelining: 1 })
  const startedAt = performance.now()
  let answered = 0
  const readAll = async () => {
    while (performance.now() - startedAt < readingMs) {
      await read(pool, token, path)
      answered++
    }
  }
  await Promise.all(Array.from({ length: connections }, readAll))
  await pool.close()
  return (answered / (performance.now() - startedAt)) * 1000
}

/** By the pool's own dispatch: the generator of load shares the cores with what it measures. */
function read(pool: Pool, token: string, path: string): Promise<void> {
  const headers = { authorization: `Bearer ${token}` }
  return new Promise((resolve, reject) => {
    pool.dispatch(
      { method: 'GET', path, headers },
      {
        onRequestStart() {},
        onResponseStart(_controller, status) {
          if (status !== 200) reject(new Error(`GET ${path} answered ${status}.`))
        },
        onResponseData() {},
        onResponseEnd: () => resolve(),
        onResponseError: (_controller, error) => reject(error),
      },
    )
  })
}

async function measureSignIn({ url, emails }: Target, kind: DeploymentKind): Promise<Figure> {
  const hashing: number[] = []
  const signingIn: number[] = []
  for (const [round, email] of emails.entries()) {
    for (let run = 0; run < signIns; run++) {
      const hashMs = await timed(() => hashPassword(password))
      const signInMs = await timed(() => signIn(url, email))
      // The first account warms the server up.
      if (round === 0) continue
      hashing.push(hashMs)
      signingIn.push(signInMs)
    }
  }
  const ratio = median(signingIn) / median(hashing)
  const [whole, alone] = [median(signingIn).toFixed(1), median(hashing).toFixed(1)]
  const name = `sign-in ÷ password hash (${whole} ms ÷ ${alone} ms), ${kind}`
  return { ...figureOfRuns({ suite: 'access', name, unit: '×' }, [ratio]), runs: [] }
}

async function signIn(url: string, email: string): Promise<void> {
  const answer = await fetch(`${url}/api/v1/auth/signin`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  })
  await answer.arrayBuffer()
  if (answer.status !== 200) throw new Error(`Signing in answered ${answer.status}.`)
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

/** The same reads, with and without row-level security on every table, in turns. Everything in it is one tenant's. */
async function measurePolicies(target: Target, databaseUrl: string): Promise<Figure[]> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  const pool = new Pool(target.url, { connections: 1, pipelining: 1 })
  try {
    await client.query(
      `insert into freehold.audit_entries (organization_id, id, action, actor_kind, entity_type, entity_id, changes,
         request_id, created_at)
       select $1::uuid, gen_random_uuid(), 'bench.made', 'system', 'bench', n::text, '{}', gen_random_uuid(), now()
       from generate_series(1, ${usageRecords}) n`,
      [target.organizationId],
    )
    await client.query('analyze')
    const figures: Figure[] = []
    for (const path of ['/api/v1/api-keys?limit=50', '/api/v1/activity?limit=50']) {
      const p95 = { with: [] as number[], without: [] as number[] }
      for (let round = 0; round <= rounds; round++) {
        for (const mode of round % 2 === 0
          ? (['with', 'without'] as const)
          : (['without', 'with'] as const)) {
          await switchPolicies(client, mode === 'with')
          const took = await readOneByOne(pool, target.token, path)
          // The first round warms up.
          if (round > 0) p95[mode].push(percentile(took, 0.95))
        }
      }
      const ratios = p95.with.map((value, round) => value / (p95.without[round] ?? Number.NaN))
      const name = `GET ${path.split('?')[0]}, with policies ÷ without, p95`
      figures.push(figureOfRuns({ suite: 'access', name, unit: '×', target: policiesCostAtMost }, ratios))
    }
    return figures
  } finally {
    await pool.close()
    await client.end()
  }
}

async function switchPolicies(client: pg.Client, on: boolean): Promise<void> {
  await client.query(`do $$ declare one regclass; begin
    for one in select oid from pg_class where relnamespace = 'freehold'::regnamespace and relkind in ('r', 'p')
      and exists (select from pg_policy where polrelid = pg_class.oid)
    loop execute format('alter table %s ${on ? 'enable' : 'disable'} row level security', one); end loop;
  end $$`)
}

async function readOneByOne(pool: Pool, token: string, path: string): Promise<number[]> {
  const took: number[] = []
  for (let done = 0; done < readsPerRound; done++) {
    const startedAt = performance.now()
    await read(pool, token, path)
    took.push(performance.now() - startedAt)
  }
  // What the first requests after the switch paid for new plans is not what a read costs.
  return took.slice(readsPerRound / 10)
}
