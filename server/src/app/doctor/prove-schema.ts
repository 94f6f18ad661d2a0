import type { Catalog } from './database/catalog.ts'
import * as checks from './database/schema-checks.ts'
import { definerFunctions, outsideTheWall, tenantTables } from './database/tenancy.ts'
import type { CheckReport } from './report.ts'

interface Question {
  title: string
  how: string
  check: checks.SchemaCheck
  tried: (catalog: Catalog) => { count: number; what: string }
}

const tables = (catalog: Catalog) => ({ count: catalog.tables.length, what: 'tables' })
const behind = (catalog: Catalog) => ({ count: tenantTables(catalog).length, what: 'tables' })

/** What is asked of pg_catalog alone. It reads and changes nothing. */
const questions: readonly Question[] = [
  {
    title: 'Every table belongs to an organization',
    how: `pg_class and pg_attribute: each table of the schema freehold has organization_id uuid not null, but for ${Object.keys(outsideTheWall).length} that are listed with a reason.`,
    check: checks.tablesNameTheirOrganization,
    tried: tables,
  },
  {
    title: 'Row-level security is on and binds owners too',
    how: 'pg_class.relrowsecurity and relforcerowsecurity are set on every table with an organization.',
    check: checks.rowSecurityIsForced,
    tried: behind,
  },
  {
    title: 'One policy lets tenants in, and it compares with their claims',
    how: 'pg_policy: the one permissive policy for freehold_tenant compares organization_id with app.organization_id() in USING and in WITH CHECK, word for word.',
    check: checks.tenantPoliciesCompareTheClaims,
    tried: (catalog) => ({ count: catalog.policies.length, what: 'policies' }),
  },
  {
    title: 'Every other policy is known',
    how: 'pg_policy: beside it there are the policies of the server’s own role, and those with which the owner of a listed definer function reads.',
    check: checks.otherPoliciesAreKnown,
    tried: (catalog) => ({ count: catalog.policies.length, what: 'policies' }),
  },
  {
    title: 'freehold_tenant has no rights beyond',
    how: 'pg_class.relacl and pg_attribute.attacl: select, insert, update and delete behind the wall, the listed columns outside it, nothing for everybody; pg_namespace: no other schema.',
    check: checks.grantsAreKnown,
    tried: (catalog) => ({ count: catalog.grants.length, what: 'rights' }),
  },
  {
    title: 'Tenants reach no table outside the schema',
    how: 'has_schema_privilege and has_any_column_privilege over every other table of the database.',
    check: checks.tenantsReachNothingElse,
    tried: (catalog) => ({ count: catalog.strayTables.length, what: 'other tables' }),
  },
  {
    title: 'The server’s roles own nothing and bypass nothing',
    how: 'pg_roles and pg_auth_members: freehold_app and freehold_tenant are no superusers, have no BYPASSRLS, make no roles, own no table, and inherit from nobody.',
    check: checks.rolesAreHarmless,
    tried: (catalog) => ({ count: catalog.roles.length, what: 'roles' }),
  },
  {
    title: 'Foreign keys carry the organization',
    how: 'pg_constraint: a key between two tenant tables begins with organization_id on both sides, so that no row can point at another organization’s.',
    check: checks.foreignKeysCarryTheOrganization,
    tried: (catalog) => ({
      count: catalog.constraints.filter((one) => one.kind === 'f').length,
      what: 'foreign keys',
    }),
  },
  {
    title: 'Uniqueness is per organization',
    how: 'pg_index: a unique index of a tenant table begins with organization_id, so that no conflict tells that another’s row exists.',
    check: checks.uniquenessIsPerOrganization,
    tried: (catalog) => ({ count: catalog.uniqueIndexes.length, what: 'unique indexes' }),
  },
  {
    title: 'Views read with their caller’s rights',
    how: 'pg_class.reloptions: every view that tenants can reach has security_invoker; there is no materialized view.',
    check: checks.viewsAskAsTheCaller,
    tried: (catalog) => ({ count: catalog.views.length, what: 'views' }),
  },
  {
    title: 'Functions run with their caller’s rights',
    how: `pg_proc.prosecdef: only ${Object.keys(definerFunctions).join(', ')} runs with its owner’s rights, with a fixed search_path and no right for everybody; none is LEAKPROOF.`,
    check: checks.functionsAskAsTheCaller,
    tried: (catalog) => ({ count: catalog.routines.length, what: 'functions' }),
  },
]

export function proveSchema(catalog: Catalog): CheckReport[] {
  return questions.map(({ title, how, check, tried }) => {
    const began = performance.now()
    const findings = check(catalog).map((sentence) => ({ sentence }))
    return {
      area: 'schema',
      title,
      how,
      verdict: findings.length > 0 ? 'breach' : 'pass',
      tried: tried(catalog),
      findings,
      durationMs: performance.now() - began,
    }
  })
}
