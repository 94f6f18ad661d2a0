import SCIMMY from 'scimmy'
import { scimInvalid } from '../errors.ts'
import { faultOfExpression } from '../rules/scim-expression.ts'
import { faultOfWeight, mostOperations } from '../rules/scim-weight.ts'

type Json = Record<string, unknown>

/** A part of a filter: attributes that must all hold, each with its test; a filter is several, of which one must hold. */
export type FilterPart = Readonly<Record<string, unknown>>

export interface ScimModel {
  /** A user or group as it was sent, with what the schema knows. @throws scim.invalid (400) */
  read(kind: ScimKind, body: Json): Json
  /** A resource after operations in the order they stand. @throws scim.invalid (400) */
  patch(kind: ScimKind, resource: Json, operations: readonly PatchOperation[]): Promise<Json>
  /** @throws scim.invalid (400, invalidFilter) */
  parseFilter(text: string): readonly FilterPart[]
  /** Those that a filter finds, where the database cannot look. */
  match(parts: readonly FilterPart[], resources: readonly Json[]): Json[]
  describeSchemas(location: string): Json[]
}

export type ScimKind = 'user' | 'group'

export interface PatchOperation {
  op: string
  path?: string | undefined
  value?: unknown
}

export const coreUser = 'urn:ietf:params:scim:schemas:core:2.0:User'
export const coreGroup = 'urn:ietf:params:scim:schemas:core:2.0:Group'
export const enterpriseUser = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const mostFilterCharacters = 500
const mostPathCharacters = 200
const corePrefix = /^urn:ietf:params:scim:schemas:core:2\.0:(User|Group):/i

/** SCIM 2.0 (RFC 7643, RFC 7644) by SCIMMY, with the habits of Microsoft Entra ID and Okta put right before it sees them. */
export function createScimModel(): ScimModel {
  const { User, Group, EnterpriseUser } = SCIMMY.Schemas
  const constructors = { user: User, group: Group }
  // The package has one definition of a user; it learns of the extension once.
  if (!knowsEnterprise()) User.definition.extend(EnterpriseUser.definition, false)

  const build = (kind: ScimKind, body: Json) => new constructors[kind](structuredClone(body), 'both')
  const plain = (value: unknown): Json => JSON.parse(JSON.stringify(value))

  async function apply(kind: ScimKind, resource: Json, operations: readonly PatchOperation[]): Promise<Json> {
    const { id: schema } = SCIMMY.Messages.PatchOp
    type Checked = NonNullable<ConstructorParameters<typeof SCIMMY.Messages.PatchOp>[0]>['Operations']
    const patched = await explainedLater(async () => {
      // Checked by the class itself, whatever was sent.
      const change = new SCIMMY.Messages.PatchOp({ schemas: [schema], Operations: operations as Checked })
      return change.apply(build(kind, resource))
    })
    // It gives nothing back when nothing changed.
    return patched === undefined ? resource : plain(patched)
  }

  return {
    read(kind, body) {
      requireWeight(kind, body)
      return explained(() => plain(build(kind, normal(body))))
    },

    async patch(kind, resource, operations) {
      let now = resource
      let pending: PatchOperation[] = []
      let count = 0
      const applyPending = async () => {
        if (pending.length > 0) now = await apply(kind, now, pending)
        pending = []
      }
      for (const { value } of operations) requireWeight(kind, value)
      for (const given of operations.flatMap(takeApart)) {
        if (++count > mostOperations)
          throw invalid(`Change at most ${mostOperations} attributes at a time.`, 'invalidValue')
        requireSound(given.path ?? '', mostPathCharacters, 'invalidPath')
        // What those before it do to the same list decides what it means.
        const list = listOfPath(given.path)
        if (list !== undefined && pending.some(({ path = '' }) => isWithin(path, list))) await applyPending()
        pending.push(normalOperation(now, given))
      }
      await applyPending()
      return now
    },

    parseFilter(text) {
      requireSound(text, mostFilterCharacters, 'invalidFilter')
      const parts = explained(() => plain({ parts: new SCIMMY.Types.Filter(text) }).parts, 'invalidFilter')
      // An array of objects by its own definition; what is in them is checked here.
      const found = parts as FilterPart[]
      if (!found.every((part) => isComplete(part)))
        throw invalid('The filter lacks a value.', 'invalidFilter')
      return found
    },

    match: (parts, resources) =>
      explained(() => new SCIMMY.Types.Filter(plain({ parts }).parts).match([...resources]), 'invalidFilter'),

    describeSchemas: (location) =>
      [User, EnterpriseUser, Group].map((schema) => plain(schema.definition.describe(location))),
  }

  function knowsEnterprise(): boolean {
    try {
      return User.definition.attribute(enterpriseUser) !== undefined
    } catch {
      return false
    }
  }
}

/** `userName eq` parses, and would find everything or nothing. */
function isComplete(test: unknown): boolean {
  if (!Array.isArray(test)) {
    return typeof test === 'object' && test !== null && Object.values(test).every((one) => isComplete(one))
  }
  if (test.every(Array.isArray)) return test.every((one) => isComplete(one))
  const words = test[0] === 'not' ? test.slice(1) : test
  return ['pr', 'np'].includes(String(words[0]).toLowerCase()) || words.length === 2
}

/** Entra ID writes truth as a text, and managers as a bare id. Nobody's password is taken. */
function normal(value: Json): Json {
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name.toLowerCase() !== 'password')
      .map(([name, inner]) => [name, normalValue(name, inner)]),
  )
}

function normalValue(name: string, value: unknown): unknown {
  const last = name.split(/[.:]/).at(-1)?.toLowerCase()
  if ((last === 'active' || last === 'primary') && typeof value === 'string')
    return /^(true|false)$/i.test(value) ? value.toLowerCase() === 'true' : value
  if (last === 'manager' && typeof value === 'string') return { value }
  if (Array.isArray(value)) return value.map((one) => (isObject(one) ? normal(one) : one))
  return isObject(value) ? normal(value) : value
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** An operation without a path is one for each attribute that its value names, less what nobody may change. */
function takeApart({ op, path, value }: PatchOperation): PatchOperation[] {
  const word = op.toLowerCase()
  if (path !== undefined || !isObject(value)) return [{ op: word, path, value }]
  return Object.entries(normal(value))
    .filter(([name]) => !['id', 'schemas', 'meta'].includes(name.toLowerCase()))
    .map(([name, inner]) => ({ op: word, path: name, value: inner }))
}

const partOfOne = /^(\w+)\[type eq "([^"]+)"\]\.(\w+)$/i

/** The list that a path such as `emails[type eq "work"].value` picks from. */
const listOfPath = (path = '') => partOfOne.exec(path.replace(corePrefix, ''))?.[1]

const isWithin = (path: string, list: string) => path.toLowerCase().startsWith(list.toLowerCase())

/**
 * One operation as the protocol means it: a value for `emails[type eq "work"].value` makes that e-mail address where
 * there is none.
 */
function normalOperation(resource: Json, { op, path, value }: PatchOperation): PatchOperation {
  if (path === undefined) return { op, value }
  const short = path.replace(corePrefix, '')
  const given = value === undefined ? {} : { value: normalValue(short, value) }
  const missing = partOfOne.exec(short)
  if (missing && op !== 'remove') {
    const [, list = '', type = '', part = ''] = missing
    const there = resource[list]
    const found = Array.isArray(there) && there.some((one) => isObject(one) && one.type === type)
    if (!found) return { op: 'add', path: list, value: [{ type, [part]: given.value }] }
  }
  return { op, path: short, ...given }
}

/** What reads filters and paths takes for ever over some of them. */
function requireSound(text: string, mostCharacters: number, scimType: string): void {
  const fault = faultOfExpression(text, mostCharacters)
  if (fault !== undefined) throw invalid(`The filter or path cannot be read. ${fault}`, scimType)
}

function requireWeight(kind: ScimKind, value: unknown): void {
  const fault = faultOfWeight(kind, value)
  if (fault !== undefined) throw invalid(fault, 'invalidValue')
}

function invalid(message: string, scimType: string, cause?: unknown) {
  return scimInvalid({ message, details: { scimType }, cause })
}

function translate(error: unknown, fallback: string): unknown {
  if (error instanceof SCIMMY.Types.Error) return invalid(error.message, error.scimType || fallback, error)
  // What the package finds wrong with a value.
  if (error instanceof TypeError) return invalid(error.message, fallback, error)
  return error
}

function explained<T>(work: () => T, fallback = 'invalidValue'): T {
  try {
    return work()
  } catch (error) {
    throw translate(error, fallback)
  }
}

async function explainedLater<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw translate(error, 'invalidValue')
  }
}
