import { updateUserSuperAdmin } from '../../../src/modules/identity/index.ts'
import { systemTx } from '../../../src/platform/db/transactions.ts'
import { newId } from '../../../src/platform/ids.ts'
import type { FakeProvider } from '../../../src/testing/fake-provider/fake-provider.ts'
import { signUp, type TestApp } from '../../../src/testing/test-app.ts'

export interface Life {
  token: string
  refreshToken: string
  userId: string
  email: string
  password: string
  organizationId: string
  apiKey: string
}

/**
 * Somebody whose every input holds the canary: names, addresses, passwords, texts, questions, prompts, and requests
 * that go wrong because of it.
 */
export async function liveWithCanary(on: TestApp, provider: FakeProvider, canary: string): Promise<Life> {
  const [email, password] = [`${canary}@example.com`, `long enough ${canary}`]
  const signedUp = await on.request('POST', '/api/v1/auth/signup', {
    body: { email, password, name: canary, organizationName: canary },
    headers: { 'user-agent': canary },
  })
  // The contract of signing up.
  const { accessToken, refreshToken, user, organization } = (await signedUp.json()) as {
    accessToken: string
    refreshToken: string
    user: { id: string }
    organization: { id: string }
  }
  const life = { token: accessToken, refreshToken, userId: user.id, email, password }
  const headers = { 'user-agent': canary, 'x-forwarded-for': canary, referer: `https://${canary}/` }
  const send = async (
    expected: number,
    method: string,
    path: string,
    body?: unknown,
    token = accessToken,
  ) => {
    const answer = await on.request(method, path, { token, body, headers })
    const text = await answer.text()
    if (answer.status !== expected)
      throw new Error(`${method} ${path} answered ${answer.status} where ${expected} was meant: ${text}`)
    return text
  }
  const of = `/api/v1/organizations/${organization.id}`
  const key = await send(201, 'POST', '/api/v1/api-keys', { name: canary })
  // The contract of making a key.
  const apiKey = (JSON.parse(key) as { key: string }).key
  await send(201, 'POST', `${of}/roles`, {
    name: canary,
    description: canary,
    permissions: ['read:activity'],
  })
  await send(409, 'POST', `${of}/roles`, { name: canary, permissions: ['read:activity'] })
  await send(201, 'POST', `${of}/invitations`, { email: `guest-${canary}@example.com`, role: 'member' })
  await send(201, 'POST', '/api/v1/service-accounts', { name: canary, description: canary })
  await send(409, 'POST', '/api/v1/service-accounts', { name: canary })
  await send(201, 'POST', '/api/v1/collections', { name: canary })
  const project = await send(201, 'POST', '/api/v1/projects', {
    name: canary,
    slug: canary,
    description: canary,
  })
  // The contract of making a project.
  const { id: projectId } = JSON.parse(project) as { id: string }
  await send(201, 'POST', '/api/v1/api-keys', { name: canary, projectId })
  await send(201, 'POST', '/api/v1/budgets', { projectId, limitUsd: '100' })
  await grantWithCanary(on, organization.id, canary)
  await send(201, 'POST', '/api/v1/prompts', {
    name: canary,
    folder: canary,
    description: canary,
    version: { messages: [{ role: 'system', content: `${canary} of {{${canary}}}` }], note: canary },
    labels: ['production', canary],
  })
  await send(409, 'POST', '/api/v1/prompts', {
    name: canary,
    version: { messages: [{ role: 'user', content: canary }] },
  })
  const texts = [`# ${canary}\n\nThe report of ${canary} says that it was warm.\n`, `%PDF-1.7 ${canary}`]
  for (const [place, content] of texts.entries()) {
    const form = new FormData()
    form.set('file', new Blob([content]), `${canary}.${place === 0 ? 'md' : 'pdf'}`)
    await send(202, 'POST', '/api/v1/documents', form)
  }
  await readDocuments(on, organization.id)
  await send(201, 'POST', '/api/v1/messages', { content: `Was it warm in ${canary}?` })
  await on.request('POST', '/api/v1/collections', {
    token: accessToken,
    body: { name: `repeated ${canary}` },
    headers: { ...headers, 'idempotency-key': canary },
  })
  const made = await send(201, 'POST', '/api/v1/assistants', {
    name: canary,
    instructions: canary,
    model: 'local/extractive',
    graph: 'retrieval',
  })
  // The contract of making an assistant.
  const assistantId = (JSON.parse(made) as { id: string }).id
  await runAssistant(on, await send(202, 'POST', '/api/v1/runs', { assistantId, input: canary }))
  const chat = { messages: [{ role: 'user', content: canary }], user: canary }
  await send(200, 'POST', '/v1/chat/completions', { ...chat, model: 'local/extractive' }, apiKey)
  await send(201, 'POST', '/api/v1/queued-calls/webhook-secret')
  await queueChats(on, { ...chat, model: 'local/extractive' }, apiKey, headers)
  const response = {
    model: 'local/extractive',
    input: canary,
    instructions: canary,
    metadata: { [canary]: canary },
  }
  await send(200, 'POST', '/v1/responses', response)
  for (const [status, variables] of [
    [200, { [canary]: canary }],
    [400, {}],
  ] as const)
    await send(
      status,
      'POST',
      '/v1/chat/completions',
      { ...chat, prompt: { name: canary, variables } },
      apiKey,
    )
  await send(404, 'POST', '/v1/chat/completions', { ...chat, prompt: { name: `no ${canary}` } }, apiKey)
  await askProvider(provider, canary, () =>
    on.request('POST', '/v1/chat/completions', {
      token: apiKey,
      body: { ...chat, model: 'openai/gpt-4o-mini' },
    }),
  )
  await failInEveryWay(on, { email, token: accessToken, canary, headers })
  return { ...life, organizationId: organization.id, apiKey }
}

/** Does a run to its end, as its job would. */
async function runAssistant(on: TestApp, started: string): Promise<void> {
  // The contract of starting a run.
  const { id } = JSON.parse(started) as { id: string }
  const [row] = await on.platform.database.query(
    'select organization_id from freehold.assistant_runs where id = $1',
    [id],
  )
  const job = on.modules
    .flatMap((module) => module.jobs ?? [])
    .find((one) => one.name === 'assistants.advance-run')
  await job?.handle(
    { organizationId: row?.organization_id, id },
    { jobId: newId(), signal: new AbortController().signal },
  )
}

/** One that is answered, whose receiver is never reached, and one that waits. */
async function queueChats(
  on: TestApp,
  body: Record<string, unknown>,
  token: string,
  headers: Record<string, string>,
): Promise<void> {
  const jobs = on.modules.flatMap((module) => module.jobs ?? [])
  const run = { jobId: newId(), signal: new AbortController().signal }
  const webhook = `http://localhost:4443/${body.user}`
  const sent = { prefer: 'respond-async', 'x-freehold-webhook': webhook, ...headers }
  for (const names of [['answer-call', 'deliver-webhook'], []]) {
    const answer = await on.request('POST', '/v1/chat/completions', { token, body, headers: sent })
    if (answer.status !== 202) throw new Error(`Queueing a chat was answered with ${answer.status}.`)
    // The contract of a queued chat.
    const { id } = (await answer.json()) as { id: string }
    const [row] = await on.platform.database.query(
      'select organization_id from freehold.queued_calls where id = $1',
      [id],
    )
    const payload = { organizationId: row?.organization_id, id }
    for (const name of names)
      await jobs.find((one) => one.name === `queued-calls.${name}`)?.handle(payload, run)
  }
}

async function readDocuments(on: TestApp, organizationId: string): Promise<void> {
  const job = on.modules
    .flatMap((module) => module.jobs ?? [])
    .find((one) => one.name === 'knowledge.ingest-document')
  const rows = await on.platform.database.query(
    'select id from freehold.documents where organization_id = $1',
    [organizationId],
  )
  for (const { id } of rows)
    await job?.handle(
      { organizationId, documentId: id },
      { jobId: newId(), signal: new AbortController().signal },
    )
}

/** A provider that answers, and that quotes what it was asked in each of its errors. */
async function askProvider(provider: FakeProvider, canary: string, ask: () => Promise<Response>) {
  const error = { message: `I do not understand "${canary}".`, type: canary, param: canary, code: canary }
  provider.script(
    { kind: 'answer' },
    ...[400, 401, 404, 422, 429, 500].map((status) => ({ kind: 'status', status, body: { error } }) as const),
    { kind: 'raw', writes: [`{"choices": ${canary}`] },
  )
  for (let call = 0; call < 8; call++) await (await ask()).text()
}

async function failInEveryWay(
  on: TestApp,
  who: { email: string; token: string; canary: string; headers: Record<string, string> },
): Promise<void> {
  const { canary, email, token } = who
  const headers = { ...who.headers, 'content-type': 'application/json' }
  const body = Object.fromEntries(
    ['name', 'email', 'password', 'token', 'code', 'content', 'model', 'description', 'key', canary].map(
      (name) => [name, canary],
    ),
  )
  const document = await (await on.request('GET', '/openapi.json')).json()
  // The shape of an OpenAPI document.
  const { paths } = document as { paths: Record<string, Record<string, unknown>> }
  const bodies = [body, `{"name": ${canary}`, { ...body, name: `${canary}\u0000` }]
  for (const [path, operations] of Object.entries(paths)) {
    for (const method of Object.keys(operations)) {
      const filled = path.replaceAll(/\{\w+\}/g, canary)
      const target = `${filled}?limit=${canary}&${canary}=${canary}`
      for (const one of method === 'get' ? [undefined] : bodies)
        await (await on.request(method.toUpperCase(), target, { token, body: one, headers })).text()
    }
  }
  for (const path of [`/${canary}`, `/api/v1/${canary}/documents`, `/api/v1/documents/${canary}/${canary}`])
    await on.request('GET', path, { token, headers })
  await on.request('POST', '/api/v1/documents', {
    token,
    body: `--${canary}\r\n${canary}`,
    headers: { ...headers, 'content-type': `multipart/form-data; boundary=${canary}${canary}` },
  })
  await on.request('POST', '/api/v1/auth/signin', { body: { email, password: `not ${canary}` }, headers })
  await on.request('GET', '/api/v1/usage', { token: `fh_${canary}${canary}`, headers })
  await on.request('GET', '/api/v1/usage', { token: `eyJ${canary}.${canary}.${canary}`, headers })
}

/** Whoever operates the installation grants credits, with a note. */
async function grantWithCanary(on: TestApp, organizationId: string, canary: string): Promise<void> {
  const operator = await signUp(on, 'Operator')
  await systemTx(on.platform, 'first-start', (tx) => updateUserSuperAdmin(tx, operator.userId, true))
  const granted = await operator.call('POST', '/api/v1/admin/credits', {
    organizationId,
    amountUsd: '100',
    note: canary,
  })
  if (granted.status !== 201) throw new Error(`Nothing was granted: ${granted.status}`)
}
