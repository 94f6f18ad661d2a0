import type { Catalog, Policy } from './catalog.ts'
import {
  definerFunctions,
  globalUniqueness,
  organizationColumn,
  outsideTheWall,
  ownerPolicies,
  policiesOutside,
  tenantPolicy,
  tenantRightsOutside,
  tenantTables,
} from './tenancy.ts'

/** What is wrong, one sentence a defect; empty when all is well. */
export type SchemaCheck = (catalog: Catalog) => string[]

const tenantRole = 'freehold_tenant'
const appRole = 'freehold_app'

/** Every table names its organization, or is argued for in `outsideTheWall`. */
export const tablesNameTheirOrganization: SchemaCheck = (catalog) => [
  ...tenantTables(catalog).flatMap((table) => {
    const column = table.columns.find((one) => one.name === organizationColumn)
    if (!column) return [`${table.name} has no ${organizationColumn} and is not in outsideTheWall`]
    return column.notNull && column.type === 'uuid'
      ? []
      : [`${table.name}.${organizationColumn} is not uuid not null`]
  }),
  ...Object.keys(outsideTheWall)
    .filter((name) => !catalog.tables.some((table) => table.name === name))
    .map((name) => `outsideTheWall names ${name}, which does not exist`),
]

/** The program has no tables elsewhere; an installation may, in a database that it shares. */
export const nothingStandsElsewhere: SchemaCheck = (catalog) =>
  catalog.strayTables.map(({ name }) => `${name} stands outside the schema freehold`)

export const tenantsReachNothingElse: SchemaCheck = (catalog) =>
  catalog.strayTables
    .filter((table) => table.reachable)
    .map(({ name }) => `tenants have rights to ${name}, which no policy of Freehold guards`)

export const rowSecurityIsForced: SchemaCheck = (catalog) =>
  [...tenantTables(catalog), ...catalog.tables.filter((table) => table.name in policiesOutside)].flatMap(
    (table) => [
      ...(table.rowSecurity ? [] : [`${table.name} has row-level security off`]),
      ...(table.forced ? [] : [`${table.name} does not force row-level security on its owner`]),
    ],
  )

/** One permissive policy lets tenants in, and it compares with the claims both ways. */
export const tenantPoliciesCompareTheClaims: SchemaCheck = (catalog) =>
  catalog.tables.flatMap(({ name }) => {
    const policies = catalog.policies.filter((policy) => policy.table === name)
    const expected =
      name in outsideTheWall
        ? policiesOutside[name]
        : { command: '*', using: tenantPolicy, check: tenantPolicy }
    const letIn = policies.filter((policy) => policy.permissive && concernsTenants(policy))
    const [policy, ...others] = letIn.sort(
      (one, other) => Number(other.name === 'tenant') - Number(one.name === 'tenant'),
    )
    if (!expected) return letIn.map((one) => `${name} has the policy ${one.name}, which lets tenants in`)
    if (policy?.name !== 'tenant') return [`${name} has no policy "tenant"`]
    return [
      ...others.map((other) => `${name} has another policy that lets tenants in: ${other.name}`),
      ...(policy.command === expected.command ? [] : [`${name}: "tenant" is for ${policy.command}`]),
      ...(squeeze(policy.using) === squeeze(expected.using)
        ? []
        : [`${name}: "tenant" uses ${policy.using}`]),
      ...(squeeze(policy.check) === squeeze(expected.check)
        ? []
        : [`${name}: "tenant" checks ${policy.check}`]),
    ]
  })

function concernsTenants(policy: Policy): boolean {
  return policy.roles.some((role) => role === tenantRole || role === 'public')
}

function squeeze(expression: string | null): string | null {
  return expression?.replaceAll(/\s+/g, ' ') ?? null
}

/** Policies for anybody else are `system` for the server's role, and those of definer functions for their owner. */
export const otherPoliciesAreKnown: SchemaCheck = (catalog) =>
  catalog.policies
    .filter((policy) => !concernsTenants(policy))
    .flatMap((policy) => {
      const id = `${policy.table}.${policy.name}`
      if (policy.name === 'system' && policy.roles.join() === appRole) return []
      const owner = catalog.tables.find((table) => table.name === policy.table)?.owner
      const known = id in ownerPolicies && policy.command === 'r' && policy.roles.join() === owner
      return known ? [] : [`the policy ${id} for ${policy.roles.join(', ')} is not known`]
    })

const tenantMay = new Set(['select', 'insert', 'update', 'delete'])

/** Tenants hold rows' rights on their own tables, the listed rights outside, and nobody gives rights to everybody. */
export const grantsAreKnown: SchemaCheck = (catalog) => [
  ...catalog.grants
    .filter((grant) => grant.grantee === 'public')
    .map((grant) => `everybody may ${grant.privilege} ${grant.table}`),
  ...catalog.grants
    .filter((grant) => grant.grantee === tenantRole)
    .filter((grant) => {
      if (!(grant.table in outsideTheWall)) return !tenantMay.has(grant.privilege)
      return !(tenantRightsOutside[grant.table] ?? []).includes(describe(grant))
    })
    .map((grant) => `tenants may ${describe(grant)} on ${grant.table}`),
  ...catalog.tenantSchemas
    .filter((name) => !['app', 'freehold', 'public'].includes(name))
    .map((name) => `tenants may use the schema ${name}`),
]

function describe(grant: { privilege: string; column: string | null }): string {
  return grant.column === null ? grant.privilege : `${grant.privilege} (${grant.column})`
}

/** The roles the server runs as own nothing behind the wall and cannot look over it. */
export const rolesAreHarmless: SchemaCheck = (catalog) => [
  ...[appRole, tenantRole]
    .filter((name) => !catalog.roles.some((role) => role.name === name))
    .map((name) => `${name} is missing`),
  ...catalog.roles.flatMap((role) => [
    ...(role.superuser ? [`${role.name} is a superuser`] : []),
    ...(role.bypassesRowSecurity ? [`${role.name} bypasses row-level security`] : []),
    ...(role.createsRoles || role.createsDatabases ? [`${role.name} creates roles or databases`] : []),
    ...catalog.tables
      .filter((table) => table.owner === role.name)
      .map((table) => `${role.name} owns ${table.name}`),
    ...role.memberOf
      .filter((membership) => role.name !== appRole || membership.role !== tenantRole || membership.inherits)
      .map((membership) => `${role.name} is a member of ${membership.role}`),
  ]),
]

/** A key between tenant tables carries the organization, so nobody can point at another's row. */
export const foreignKeysCarryTheOrganization: SchemaCheck = (catalog) => {
  const behind = new Set(tenantTables(catalog).map((table) => table.name))
  const keys = catalog.constraints.filter((constraint) => constraint.kind === 'f')
  const within = (table: string | null) => table !== null && behind.has(table)
  return [
    ...keys
      .filter((key) => within(key.table) && within(key.otherTable))
      .filter(
        (key) =>
          key.columns[0] !== organizationColumn ||
          key.otherColumns[0] !== organizationColumn ||
          key.columns.length < 2,
      )
      .map((key) => `${key.table}.${key.name} does not begin with ${organizationColumn}: ${key.definition}`),
    ...keys
      .filter((key) => !within(key.table) && within(key.otherTable))
      .map((key) => `${key.table}.${key.name} points from outside at ${key.otherTable}`),
    ...[...behind]
      .filter(
        (table) =>
          !keys.some(
            (key) =>
              key.table === table &&
              key.columns[0] === organizationColumn &&
              key.definition.endsWith('ON DELETE CASCADE'),
          ),
      )
      .map((table) => `${table} does not go when its organization goes`),
  ]
}

/** Uniqueness is per organization: no conflict tells that another's row exists. */
export const uniquenessIsPerOrganization: SchemaCheck = (catalog) => {
  const behind = new Set(tenantTables(catalog).map((table) => table.name))
  return [
    ...catalog.uniqueIndexes
      .filter((index) => behind.has(index.table) && !(`${index.table}.${index.name}` in globalUniqueness))
      .filter((index) => index.columns[0] !== organizationColumn)
      .map(
        (index) => `${index.table}.${index.name} is unique across organizations: ${index.columns.join(', ')}`,
      ),
    ...tenantTables(catalog)
      .filter((table) => !catalog.constraints.some((one) => one.table === table.name && one.kind === 'p'))
      .map((table) => `${table.name} has no primary key`),
  ]
}

export const viewsAskAsTheCaller: SchemaCheck = (catalog) =>
  catalog.views.flatMap((view) => {
    if (view.materialized) return [`${view.name} is a materialized view, which no policy guards`]
    return view.securityInvoker ? [] : [`${view.name} reads with its owner's rights`]
  })

/** Functions run with their caller's rights, but for a list; and none is declared leakproof. */
export const functionsAskAsTheCaller: SchemaCheck = (catalog) =>
  catalog.routines.flatMap((routine) => {
    if (routine.leakproof) return [`${routine.name} is declared leakproof, so policies would come after it`]
    if (!routine.securityDefiner) return []
    if (!(routine.name in definerFunctions)) return [`${routine.name} runs with its owner's rights`]
    const path = routine.settings.find((setting) => setting.startsWith('search_path='))
    return [
      ...(path && !/(freehold|"\$user")/.test(path) && /pg_temp$/.test(path)
        ? []
        : [`${routine.name} has no fixed search_path that ends with pg_temp: ${path}`]),
      ...(routine.callers.includes('public') ? [`everybody may call ${routine.name}`] : []),
    ]
  })

const inexact = /^(real|double precision|numeric|money)/

/** Money is whole nano-dollars. */
export const moneyIsWhole: SchemaCheck = (catalog) =>
  everyColumn(catalog).flatMap(({ id, name, type }) => {
    if (/(^|_)nanos(_|$)/.test(name)) return type === 'bigint' ? [] : [`${id} is ${type}, not bigint`]
    if (/(^|_)(usd|cost|price|amount)$/.test(name)) return [`${id} names money without its unit`]
    return inexact.test(type) ? [`${id} is ${type}`] : []
  })

export const timesHaveAZone: SchemaCheck = (catalog) =>
  everyColumn(catalog).flatMap(({ id, name, type }) => {
    if (/^time(stamp)?(\(\d\))? without|^time(\(\d\))? with/.test(type)) return [`${id} is ${type}`]
    return name.endsWith('_at') && type !== 'timestamp with time zone' ? [`${id} is ${type}`] : []
  })

function everyColumn(catalog: Catalog): { id: string; name: string; type: string }[] {
  return catalog.tables.flatMap((table) =>
    table.columns.map(({ name, type }) => ({ id: `${table.name}.${name}`, name, type })),
  )
}
