import { Validator } from '@seriousme/openapi-schema-validator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { asJson, asList, type Json, operationsOf } from '../src/app/doctor/http/operations.ts'
import { openApiDocument } from '../src/app/openapi-document.ts'
import { permissionsOfRole } from '../src/platform/auth/permissions.ts'
import { createTestApp, type TestApp } from '../src/testing/test-app.ts'
import * as checks from './support/http/document-checks.ts'

let on: TestApp
/** As the server gives it out. */
let document: Json

beforeAll(async () => {
  on = await createTestApp()
  const response = await on.request('GET', '/openapi.json')
  expect(response.status).toBe(200)
  document = asJson(await response.json())
})
afterAll(() => on.dispose())

const validate = async (value: Json) => {
  const { valid, errors } = await new Validator().validate(structuredClone(value))
  return valid ? [] : [JSON.stringify(errors)]
}

/** The operation most defects are planted in. */
function operation(planted: Json, key = 'get /api/v1/documents/{id}'): Json {
  const [method = '', path = ''] = key.split(' ')
  return asJson(asJson(asJson(planted.paths)[path])[method])
}

type Defects = Readonly<Record<string, (planted: Json) => void>>

function guard(
  name: string,
  check: () => checks.DocumentCheck | ((document: Json) => Promise<string[]>),
  defects: Defects,
) {
  describe(name, () => {
    test('holds', async () => {
      expect(await check()(document)).toEqual([])
    })
    test.each(Object.entries(defects))('finds %s', async (_defect, plant) => {
      const planted = structuredClone(document)
      const before = await check()(planted)
      plant(planted)
      expect((await check()(planted)).filter((problem) => !before.includes(problem))).not.toEqual([])
    })
  })
}

test('the document of the command line is the one the server gives out', async () => {
  const printed = await openApiDocument()
  expect(asJson(printed).paths).toEqual(document.paths)
  expect(asJson(printed).components).toEqual(document.components)
  expect(document.openapi).toBe('3.1.0')
})

guard('the document is valid OpenAPI 3.1', () => validate, {
  'a response that is a sentence': (planted) => {
    operation(planted).responses = { 200: 'the document' }
  },
  'a parameter that stands nowhere': (planted) => {
    operation(planted).parameters = [{ name: 'id', in: 'nowhere' }]
  },
  'a document without a title': (planted) => {
    delete asJson(planted.info).title
  },
})

guard('every operation has its name, summary and tag', () => checks.operationsHaveNames, {
  'two operations of one name': (planted) => {
    operation(planted).operationId = operation(planted, 'get /api/v1/documents').operationId
  },
  'a missing summary': (planted) => {
    delete operation(planted).summary
  },
  'a missing tag': (planted) => {
    operation(planted).tags = []
  },
})

guard('who may call is said, and is known', () => checks.accessIsKnown, {
  'a permission that does not exist': (planted) => {
    operation(planted)['x-access'] = 'read:everything'
  },
  'no word of it': (planted) => {
    delete operation(planted)['x-access']
  },
  'an operation that is open by its security': (planted) => {
    operation(planted).security = []
  },
})

/** Doors that are open: a new line here is a decision, read in a review. */
const openToEverybody = [
  'get /.well-known/jwks.json',
  'get /api/v1/auth/social',
  'get /api/v1/auth/sso/callback',
  'get /health/live',
  'get /health/ready',
  'get /metrics',
  'post /api/v1/auth/confirm-address',
  'post /api/v1/auth/forgot-password',
  'post /api/v1/auth/passkey/options',
  'post /api/v1/auth/passkey/verify',
  'post /api/v1/auth/refresh',
  'post /api/v1/auth/resend-verification',
  'post /api/v1/auth/reset-password',
  'post /api/v1/auth/signin',
  'post /api/v1/auth/signup',
  'post /api/v1/auth/social',
  'post /api/v1/auth/social/callback',
  'post /api/v1/auth/sso',
  'post /api/v1/auth/stop-address-change',
  'post /api/v1/auth/two-factor',
  'post /api/v1/auth/verify-email',
  'post /api/v1/invitations/lookup', // whoever holds the letter's token
]

/** What the least role may call beside what belongs to every person. */
const openToGuests = [
  'delete /api/v1/organizations/{id}/members/{userId}', // to leave
  'get /api/v1/model-aliases',
  'get /api/v1/model-aliases/{id}',
  'get /api/v1/models',
  'get /api/v1/models/health',
  'get /api/v1/organizations/{id}',
  'get /api/v1/organizations/{id}/settings',
  'get /v1/models',
  'get /v1/models/{id}',
]

test('nothing else is open to everybody, or to a guest', () => {
  const guest = new Set<string>(permissionsOfRole('guest'))
  const operations = operationsOf(document)
  const keys = (open: (access: string) => boolean) =>
    operations
      .filter((one) => open(one.access))
      .map((one) => one.key)
      .sort()
  expect(keys((access) => access === 'public')).toEqual(openToEverybody)
  expect(keys((access) => guest.has(access))).toEqual(openToGuests)
})

guard('refusals are documented', () => checks.refusalsAreDocumented, {
  ...Object.fromEntries(
    ['400', '401', '403', '404', '200'].map((status): [string, (planted: Json) => void] => [
      `a missing ${status}`,
      (planted) => {
        delete asJson(operation(planted).responses)[status]
      },
    ]),
  ),
})

guard('answers have schemas, and errors the one shape', () => checks.responsesHaveSchemas, {
  'an answer without a schema': (planted) => {
    asJson(asJson(operation(planted).responses)['200']).content = {}
  },
  'an error of another shape': (planted) => {
    asJson(asJson(operation(planted).responses)['404']).content = {
      'application/json': { schema: { type: 'string' } },
    }
  },
  'a response without a description': (planted) => {
    asJson(asJson(operation(planted).responses)['200']).description = ''
  },
})

guard('every path parameter is declared', () => checks.pathParametersAreDeclared, {
  'a parameter that is not': (planted) => {
    operation(planted).parameters = []
  },
  'a parameter that is not in the path': (planted) => {
    operation(planted).parameters = [
      ...asList(operation(planted).parameters),
      { name: 'x', in: 'path', required: true, schema: { type: 'string' } },
    ]
  },
})

guard('references lead somewhere', () => checks.referencesLeadSomewhere, {
  'one that leads nowhere': (planted) => {
    delete asJson(asJson(planted.components).schemas).Document
  },
  'a schema that nothing uses': (planted) => {
    asJson(asJson(planted.components).schemas).Forgotten = { type: 'object' }
  },
})

guard('a named schema is never null itself', () => checks.namedSchemasAreNeverNull, {
  'one that is': (planted) => {
    asJson(asJson(asJson(planted.components).schemas).Document).type = ['object', 'null']
  },
})

guard(
  'a body is required where it is',
  () => checks.bodiesAreRequiredWhereTheyAre(on.modules.flatMap((module) => module.routes ?? [])),
  {
    'a body that the document calls optional': (planted) => {
      asJson(operation(planted, 'post /api/v1/search').requestBody).required = false
    },
  },
)
