import { show } from './http/compare-answers.ts'
import * as matrix from './http/matrix.ts'
import type { ProofApp } from './http/proof-app.ts'
import { setStage } from './http/set-stage.ts'
import type { Stage } from './http/stage.ts'
import { isGood } from './http/world.ts'
import type { CheckReport, Verdict } from './report.ts'

interface Column {
  title: string
  how: string
  check: (stage: Stage) => Promise<string[]> | string[]
  tried?: (stage: Stage) => CheckReport['tried']
}

const columns: readonly Column[] = [
  {
    title: 'Every route of the program is in the matrix',
    how: 'The router’s own list of routes against the operations of the OpenAPI document, from which the matrix is made.',
    check: matrix.undocumentedRoutes,
    tried: ({ app }) => ({ count: app.routes.length, what: 'entries of the router' }),
  },
  {
    title: 'Without credentials nobody gets in',
    how: 'Every operation that is not public, with a good request and no credentials, answers 401.',
    check: matrix.nobodyGetsIn,
  },
  {
    title: 'Bad credentials get nobody in',
    how: 'A revoked key, a made-up key, an unsigned token, a token with a false signature and another scheme answer 401 on every operation.',
    check: matrix.badCredentialsGetNobodyIn,
  },
  {
    title: 'A role may do what it may, and nothing else',
    how: 'An admin, a member, a guest and an API key of the organization: 403 on exactly the operations whose permission they lack.',
    check: matrix.rolesGetWhatTheyMay,
  },
  {
    title: 'Another organization’s ids in a path do not exist',
    how: 'A stranger, also with headers that claim to be the other, and their API key ask for the victim’s ids: 404, and the whole answer is the one for a random id.',
    check: matrix.foreignPathsAreUnknown,
  },
  {
    title: 'Another organization’s ids in a body or query do not exist',
    how: 'Each field that takes an id is sent the victim’s and a random one: the whole answers are the same.',
    check: matrix.foreignFieldsAreUnknown,
  },
  {
    title: 'Pages of other sites change nothing',
    how: 'A signed-in browser’s cookie with a foreign Origin, and with none that can be named, is refused with 403 wherever something would change.',
    check: matrix.foreignPagesChangeNothing,
  },
  {
    title: 'A colleague reads nobody’s conversations',
    how: 'An admin of the same organization asks for the owner’s conversations and messages: 404, as for random ids.',
    check: matrix.colleaguesReadNoConversations,
  },
  {
    title: 'No answer told anybody what is the victim’s',
    how: 'The victim wrote a random word into everything. It and the victim’s address are in no body and no header that anybody else was sent.',
    check: matrix.canariesTold,
  },
  {
    title: 'No answer was a failure of the server',
    how: 'Every status that was answered is one that the OpenAPI document names for its operation, and none is 500 or above.',
    check: ({ seen }) => matrix.undocumentedStatuses(seen),
  },
]

const used = {
  title: 'Every operation can be used by those who may',
  how: 'Two owners call every operation with requests made from its schema. What is refused below is so for who asks, not for what was asked.',
}

export interface HttpProof {
  checks: CheckReport[]
  operations: number
  requests: number
}

/** The matrix: every operation × everybody who must not get through. The organizations are real, and are removed by the caller. */
export async function proveHttp(on: ProofApp, signal: AbortSignal): Promise<HttpProof> {
  const beganStage = performance.now()
  const set = await setStage(on, { fill: 'named', signal }).catch((error: unknown) => notTried(error, signal))
  if ('notTried' in set) {
    const findings = [{ sentence: set.notTried }]
    const tried = { count: 0, what: 'answers' }
    const durationMs = performance.now() - beganStage
    const check: CheckReport = { ...used, area: 'http', verdict: 'unproven', tried, findings, durationMs }
    return { checks: [check], operations: 0, requests: 0 }
  }
  const { stage, victimAnswers, strangerAnswers } = set
  const own = [...victimAnswers, ...strangerAnswers]
  const report = (
    { title, how }: Pick<Column, 'title' | 'how'>,
    sentences: string[],
    tried: CheckReport['tried'],
    began: number,
    bad: Verdict,
  ): CheckReport => ({
    area: 'http',
    title,
    how,
    verdict: sentences.length > 0 ? bad : 'pass',
    tried,
    findings: sentences.map((sentence) => ({ sentence })),
    durationMs: performance.now() - began,
  })
  const refused = own
    .filter(([operation, answer]) => !isGood(operation, answer))
    .map(([operation, answer]) => `${operation.key}: ${show(answer)}`)
  const checks = [report(used, refused, { count: own.length, what: 'answers' }, beganStage, 'unproven')]
  for (const column of columns) {
    const began = performance.now()
    const before = stage.seen.length
    const { sentences, verdict } = await outcomeOf(column, stage)
    // Checks that ask nothing look over what all the others were answered.
    const asked = stage.seen.length - before || stage.seen.length
    const tried = column.tried?.(stage) ?? { count: asked, what: 'answers' }
    checks.push(report(column, sentences, tried, began, verdict))
  }
  return { checks, operations: stage.operations.length, requests: stage.seen.length + victimAnswers.size }
}

/** A check that breaks down proves nothing, and takes nothing from what the others found. */
async function outcomeOf(
  { check }: Column,
  stage: Stage,
): Promise<{ sentences: string[]; verdict: Verdict }> {
  try {
    return { sentences: await check(stage), verdict: 'breach' }
  } catch (error) {
    return { sentences: [notTried(error, stage.signal).notTried], verdict: 'unproven' }
  }
}

/** @throws the error itself when the proof was interrupted */
function notTried(error: unknown, signal: AbortSignal | undefined): { notTried: string } {
  if (signal?.aborted) throw error
  return { notTried: `could not be tried: ${error instanceof Error ? error.message : String(error)}` }
}
