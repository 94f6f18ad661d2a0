import type { ActivityEntry } from '../../app/api-types.ts'
import { plural } from '../../app/format.ts'
import { roles } from './roles.ts'

/** The name of a person by their id, where it is known. */
export type NameOf = (userId: string) => string | undefined

type Changes = ActivityEntry['changes']
type Sentence = (entry: ActivityEntry, nameOf: NameOf) => string

const sentences: Record<string, Sentence> = {
  'member.add': (entry, nameOf) => `added ${personIn(entry, nameOf)}${asRole(entry.changes)}`,
  'member.change_role': (entry, nameOf) => {
    const { from, to } = movedRole(entry.changes)
    return `changed the role of ${personIn(entry, nameOf)}${from && to ? ` from ${from} to ${to}` : ''}`
  },
  'member.remove': (entry, nameOf) => `removed ${personIn(entry, nameOf)} from the organization`,
  'member.join_by_sso': ({ changes }) => `joined by single sign-on${asRole(changes)}`,
  'member.leave': () => 'left the organization',
  'invitation.send': ({ changes }) => `invited ${text(changes, 'email') ?? 'somebody'}${asRole(changes)}`,
  'invitation.resend': ({ changes }) =>
    `sent the invitation of ${text(changes, 'email') ?? 'somebody'} again`,
  'invitation.revoke': ({ changes }) => `withdrew the invitation of ${text(changes, 'email') ?? 'somebody'}`,
  'invitation.accept': ({ changes }) => `accepted the invitation and joined${asRole(changes)}`,
  'organization.create': ({ changes }) => `created the organization${named(changes)}`,
  'organization.rename': ({ changes }) => `renamed the organization${named(changes, 'to ')}`,
  'organization.delete': () => 'deleted the organization',
  'organization.restore': () => 'restored the organization',
  'organization.transfer': (entry, nameOf) => {
    const { to } = movedRole(entry.changes)
    return `handed the organization over: ${personIn(entry, nameOf)} became ${to ?? 'something else'}`
  },
  'organization.change_settings': ({ changes }) =>
    `changed the settings of the models (${Object.keys(changes ?? {})
      .map((key) => ({ defaultModel: 'default', allowedModels: 'allowed' })[key] ?? key)
      .join(', ')})`,
  'role.create': ({ changes }) => `made the role${named(changes)}`,
  'role.change': ({ changes }) =>
    `changed ${changes?.name === undefined ? 'a role' : `the name of a role${named(changes, 'to ')}`}${
      changes?.permissions === undefined ? '' : `${changes.name === undefined ? ':' : ' and'} what it allows`
    }`,
  'role.delete': ({ changes }) => `deleted the role${named(changes)}`,
  'service_account.create': ({ changes }) => `created the service account${named(changes)}`,
  'service_account.change': ({ changes }) => {
    const disabled = latest(changes?.disabled)
    if (typeof disabled === 'boolean') return `${disabled ? 'disabled' : 'enabled'} a service account`
    const { from, to } = movedRole(changes)
    if (from && to) return `changed the role of a service account from ${from} to ${to}`
    return `changed a service account${named(changes, ', now ')}`
  },
  'service_account.delete': ({ changes }) => `deleted the service account${named(changes)} with its keys`,
  'sign_in_domain.add': ({ changes }) => `named the domain ${text(changes, 'domain') ?? ''} for signing in`,
  'sign_in_domain.verify': ({ changes }) => `verified the domain ${text(changes, 'domain') ?? ''}`,
  'sign_in_domain.remove': ({ changes }) => `removed the domain ${text(changes, 'domain') ?? ''}`,
  'sign_in_connection.create': ({ changes }) =>
    `connected the identity provider ${text(changes, 'issuer') ?? ''}`,
  'sign_in_connection.change': ({ changes }) =>
    `changed the connection to the identity provider ${text(changes, 'issuer') ?? ''}`,
  'sign_in_connection.delete': ({ changes }) =>
    `disconnected the identity provider ${text(changes, 'issuer') ?? ''}`,
  'scim_group.tie': ({ changes }) => {
    const { from, to } = movedRole(changes)
    return to ? `tied a group to the role ${to}` : `took the role${from ? ` ${from}` : ''} from a group`
  },
  'prompt.create': ({ changes }) => `wrote the prompt${named(changes)}`,
  'prompt.add_version': ({ changes }) =>
    `added version ${String(changes?.version ?? '')} to the prompt${named(changes)}`,
  'prompt.set_label': ({ changes }) => {
    const canary = changes?.canaryVersion
    const trial =
      canary === undefined ? '' : `, with ${String(changes?.canaryPercent)} % of calls on ${String(canary)}`
    return `put ${text(changes, 'label') ?? 'a label'} of the prompt${named(changes)} on version ${String(latest(changes?.version))}${trial}`
  },
  'prompt.remove_label': ({ changes }) =>
    `took the label ${text(changes, 'label') ?? ''} off the prompt${named(changes)}`,
  'prompt.change': ({ changes }) => {
    const archived = latest(changes?.archived)
    if (typeof archived === 'boolean')
      return `${archived ? 'archived' : 'restored'} the prompt${named(changes)}`
    return `changed the prompt${named(changes)}`
  },
  'prompt.delete': ({ changes }) => `deleted the prompt${named(changes)} with its versions`,
  'guardrails.set': ({ changes }) => `set guardrails${ofModel(changes)}`,
  'guardrails.change': ({ changes }) => `changed the guardrails${ofModel(changes)}`,
  'guardrails.remove': ({ changes }) => `took back the guardrails${ofModel(changes)}`,
  'guardrails.block': ({ changes }) =>
    `sent a request whose ${changes?.stage === 'output' ? 'answer' : 'text'} a guardrail blocked (${words(text(changes, 'guard') ?? 'unknown')})`,
  'api_key.create': ({ changes }) => {
    const scopes = changes?.scopes
    const may = Array.isArray(scopes) ? `, for ${plural(scopes.length, 'permission')}` : ''
    return `created the API key${named(changes)}${may}`
  },
  'api_key.rotate': ({ changes }) => `replaced the API key${named(changes)} by a new one`,
  'api_key.change': ({ changes }) =>
    `${latest(changes?.projectId) === null ? 'took' : 'moved'} the API key${named(changes)} ${latest(changes?.projectId) === null ? 'out of its project' : 'to another project'}`,
  'project.create': ({ changes }) => `created the project${named(changes)}`,
  'project.change': ({ changes }) => {
    const archived = latest(changes?.archived)
    if (typeof archived === 'boolean') return `${archived ? 'archived' : 'restored'} a project`
    return `changed a project${named(changes, ', now ')}`
  },
  'credits.grant': ({ changes }) => `granted credits of $${text(changes, 'amountUsd') ?? ''}`,
  'credits.revoke': ({ changes }) => `revoked credits of $${text(changes, 'amountUsd') ?? ''}`,
  'organization.clear_cache': () => 'threw away the kept answers',
  'api_key.revoke': ({ changes }) => `revoked the API key${named(changes)}`,
}

const verbs: Record<string, string> = {
  create: 'created',
  update: 'changed',
  change: 'changed',
  set: 'set',
  rename: 'renamed',
  delete: 'deleted',
  remove: 'removed',
  add: 'added',
  verify: 'verified',
  revoke: 'revoked',
  upload: 'uploaded',
  retry: 'started again',
}

function ofModel(changes: Changes): string {
  const model = text(changes, 'model')
  return model === undefined ? '' : ` of ${model}`
}

function words(value: string): string {
  return value.replace(/[._-]/g, ' ')
}

/** What was done, in words. An action of a later server is told from its name. */
export function sentenceOf(entry: ActivityEntry, nameOf: NameOf = () => undefined): string {
  const known = sentences[entry.action]
  if (known) return known(entry, nameOf)
  const dot = entry.action.lastIndexOf('.')
  const verb = verbs[entry.action.slice(dot + 1)]
  if (!verb) return words(entry.action)
  const thing = words(dot === -1 ? entry.entity.type : entry.action.slice(0, dot))
  const article = /^(budget|organization|profile)$/.test(thing) ? 'the' : /^[aeiou]/i.test(thing) ? 'an' : 'a'
  return `${verb} ${article} ${thing}${named(entry.changes)}`
}

/** A change is the new value, or `{ from, to }`. */
function latest(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'to' in value ? value.to : value
}

function text(changes: Changes, key: string): string | undefined {
  const value = latest(changes?.[key])
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** The thing's own name behind the sentence, where the entry tells it. */
function named(changes: Changes, before = ''): string {
  const name = ['name', 'title', 'email']
    .map((key) => text(changes, key))
    .find((value) => value !== undefined)
  return name === undefined ? '' : `${before.startsWith(',') ? '' : ' '}${before}“${name}”`
}

function personIn(entry: ActivityEntry, nameOf: NameOf): string {
  return nameOf(entry.entity.id) ?? text(entry.changes, 'email') ?? 'a member'
}

/** A built-in role as the select names it; an organization's own by the name it had. */
function roleWord(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  return roles.find((role) => role.value === value)?.label.toLowerCase() ?? `“${value}”`
}

function asRole(changes: Changes): string {
  const custom = changes?.customRole
  const own = typeof custom === 'object' && custom !== null && 'name' in custom ? custom.name : undefined
  const role = roleWord(own ?? changes?.role)
  return role === undefined ? '' : ` as ${role}`
}

function movedRole(changes: Changes): { from: string | undefined; to: string | undefined } {
  const role = changes?.role
  if (typeof role !== 'object' || role === null) return { from: undefined, to: undefined }
  return {
    from: 'from' in role ? roleWord(role.from) : undefined,
    to: 'to' in role ? roleWord(role.to) : undefined,
  }
}
