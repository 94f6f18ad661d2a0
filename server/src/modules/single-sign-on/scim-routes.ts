import type { Caller } from '../../platform/context.ts'
import { limitReached } from '../../platform/db/require-room.ts'
import { withTenant } from '../../platform/db/transactions.ts'
import type { ErrorDefinition } from '../../platform/errors.ts'
import { defineRoute, type Route } from '../../platform/http/route.ts'
import { changeScimGroup } from './actions/change-scim-group.ts'
import { changeScimUser } from './actions/change-scim-user.ts'
import { createScimGroup } from './actions/create-scim-group.ts'
import { createScimUser } from './actions/create-scim-user.ts'
import { removeScimGroup } from './actions/remove-scim-group.ts'
import { removeScimUser } from './actions/remove-scim-user.ts'
import type { PatchOperation, ScimKind } from './adapters/scim-model.ts'
import { scimInvalid, scimNotFound, scimProtected, scimUniqueness } from './errors.ts'
import { presentScimGroup, presentScimUser, scimPath } from './present-scim.ts'
import { projectAttributes } from './rules/project-attributes.ts'
import * as contract from './scim-contract.ts'
import { countScimGroups, findScimGroup, listScimGroups } from './scim-group-store.ts'
import { listResources, type ScimSource } from './scim-list.ts'
import { countScimUsers, findScimUser, listScimUsers } from './scim-user-store.ts'
import type { SingleSignOn } from './single-sign-on.ts'

type Json = Record<string, unknown>

/** What is done with one kind of resource. Each is one transaction, but making a user. */
interface Resources {
  kind: ScimKind
  path: string
  schema: typeof contract.user | typeof contract.group
  list: typeof contract.userList | typeof contract.groupList
  body: typeof contract.userBody | typeof contract.groupBody
  find(caller: Caller, id: string): Promise<Json | undefined>
  page(caller: Caller, query: Parameters<typeof listResources>[3]): Promise<Json>
  create(caller: Caller, resource: Json): Promise<Json>
  change(caller: Caller, id: string, change: (current: Json) => Json | Promise<Json>): Promise<Json>
  remove(caller: Caller, id: string): Promise<void>
}

const tag = 'Provisioning'
const access = 'manage:provisioning'
const mediaType = 'application/scim+json'

export function scimRoutes(sso: SingleSignOn): Route[] {
  return [usersOf(sso), groupsOf(sso)].flatMap((resources) => routesOf(sso, resources))
}

function usersOf({ platform, identity, model }: SingleSignOn): Resources {
  const present = (row: Parameters<typeof presentScimUser>[0]) => presentScimUser(row, platform.publicUrl())
  return {
    kind: 'user',
    path: `${scimPath}/Users`,
    schema: contract.user,
    list: contract.userList,
    body: contract.userBody,
    async find(caller, id) {
      const row = await withTenant(platform, caller, ({ tx }) => findScimUser(tx, id))
      return row && present(row)
    },
    page: (caller, query) =>
      withTenant(platform, caller, ({ tx }) => {
        const source: ScimSource = {
          count: (where) => countScimUsers(tx, where),
          list: async (where, page) => (await listScimUsers(tx, where, page)).map(present),
        }
        return listResources(model, 'user', source, query)
      }),
    create: async (caller, resource) => present(await createScimUser(identity, caller, resource)),
    change: async (caller, id, change) =>
      present(await withTenant(platform, caller, (scope) => changeScimUser(scope, id, change))),
    remove: (caller, id) => withTenant(platform, caller, (scope) => removeScimUser(scope, id)),
  }
}

function groupsOf({ platform, model }: SingleSignOn): Resources {
  const present = (row: Parameters<typeof presentScimGroup>[0]) => presentScimGroup(row, platform.publicUrl())
  return {
    kind: 'group',
    path: `${scimPath}/Groups`,
    schema: contract.group,
    list: contract.groupList,
    body: contract.groupBody,
    async find(caller, id) {
      const row = await withTenant(platform, caller, ({ tx }) => findScimGroup(tx, id))
      return row && present(row)
    },
    page: (caller, query) =>
      withTenant(platform, caller, ({ tx }) => {
        const source: ScimSource = {
          count: (where) => countScimGroups(tx, where),
          list: async (where, page) => (await listScimGroups(tx, where, page)).map(present),
        }
        return listResources(model, 'group', source, query)
      }),
    create: async (caller, resource) =>
      present(await withTenant(platform, caller, (scope) => createScimGroup(scope, resource))),
    change: async (caller, id, change) =>
      present(await withTenant(platform, caller, (scope) => changeScimGroup(scope, id, change))),
    remove: (caller, id) => withTenant(platform, caller, (scope) => removeScimGroup(scope, id)),
  }
}

function routesOf({ model }: SingleSignOn, resources: Resources): Route[] {
  const { kind, path, schema } = resources
  const params = contract.resourceParams
  const refusals: ErrorDefinition[] = [
    scimNotFound,
    scimInvalid,
    scimUniqueness,
    ...(kind === 'user' ? [scimProtected] : []),
  ]
  const one = (description: string) => ({ status: 200, description, schema, mediaType }) as const
  return [
    defineRoute(
      {
        method: 'get',
        path,
        tag,
        summary: `The ${kind}s of the identity provider`,
        access,
        query: contract.listQuery,
        response: { status: 200, description: `A page of ${kind}s`, schema: resources.list, mediaType },
        errors: [scimInvalid],
      },
      ({ caller, query }) => resources.page(caller, query),
    ),
    defineRoute(
      {
        method: 'post',
        path,
        tag,
        summary: `Make a ${kind}`,
        access,
        body: resources.body,
        response: { status: 201, description: `The ${kind}`, schema, mediaType },
        errors: [
          ...refusals.filter((error) => error !== scimNotFound),
          ...(kind === 'group' ? [limitReached] : []),
        ],
      },
      async ({ caller, body, http }) => {
        const made = await resources.create(caller, model.read(kind, body))
        const { location } = Object(made.meta) as Record<string, string> // as it was presented
        if (location) http.header('location', location)
        return made
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: `${path}/{id}`,
        tag,
        summary: `One ${kind}`,
        access,
        params,
        query: contract.resourceQuery,
        response: one(`The ${kind}`),
        errors: [scimNotFound],
      },
      async ({ caller, params: { id }, query }) => {
        const found = await resources.find(caller, id)
        if (!found) throw scimNotFound()
        return projectAttributes(found, query)
      },
    ),
    defineRoute(
      {
        method: 'put',
        path: `${path}/{id}`,
        tag,
        summary: `Replace a ${kind}`,
        access,
        params,
        body: resources.body,
        response: one(`The replaced ${kind}`),
        errors: refusals,
      },
      ({ caller, params: { id }, body }) => {
        const resource = model.read(kind, body)
        return resources.change(caller, id, () => resource)
      },
    ),
    defineRoute(
      {
        method: 'patch',
        path: `${path}/{id}`,
        tag,
        summary: `Change a ${kind}`,
        access,
        params,
        body: contract.patchBody,
        response: one(`The changed ${kind}`),
        errors: refusals,
      },
      ({ caller, params: { id }, body }) => {
        const operations: PatchOperation[] = body.Operations
        return resources.change(caller, id, (current) => model.patch(kind, current, operations))
      },
    ),
    defineRoute(
      {
        method: 'delete',
        path: `${path}/{id}`,
        tag,
        summary: `Remove a ${kind}`,
        access,
        params,
        response: { status: 204, description: 'Removed' },
        errors: [scimNotFound, ...(kind === 'user' ? [scimProtected] : [])],
      },
      ({ caller, params: { id } }) => resources.remove(caller, id),
    ),
  ]
}
