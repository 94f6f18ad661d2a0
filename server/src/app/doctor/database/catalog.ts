import type { Row } from '../../../platform/db/types.ts'

/** One statement, as whoever the connection is. */
export type Query = (text: string, parameters?: readonly unknown[]) => Promise<Row[]>

export interface Column {
  name: string
  /** As `format_type` writes it: `timestamp with time zone`. */
  type: string
  notNull: boolean
  hasDefault: boolean
  /** Made by the database: a stored expression or `generated always as identity`. */
  generated: boolean
}

export interface Table {
  name: string
  owner: string
  rowSecurity: boolean
  forced: boolean
  columns: Column[]
}

export interface Policy {
  table: string
  name: string
  permissive: boolean
  roles: string[]
  command: string
  using: string | null
  check: string | null
}

export interface Constraint {
  table: string
  name: string
  /** `p` primary key, `u` unique, `f` foreign key, `c` check. */
  kind: string
  columns: string[]
  definition: string
  otherTable: string | null
  otherColumns: string[]
}

export interface UniqueIndex {
  table: string
  name: string
  columns: string[]
}

export interface Grant {
  table: string
  grantee: string
  privilege: string
  /** Null for the whole table. */
  column: string | null
}

export interface Role {
  name: string
  superuser: boolean
  bypassesRowSecurity: boolean
  createsRoles: boolean
  createsDatabases: boolean
  memberOf: { role: string; inherits: boolean }[]
}

export interface Routine {
  name: string
  securityDefiner: boolean
  leakproof: boolean
  settings: string[]
  /** Roles that may call it; `public` for everybody. */
  callers: string[]
}

export interface View {
  name: string
  materialized: boolean
  securityInvoker: boolean
}

/** What PostgreSQL itself says of the program's schemas. */
export interface Catalog {
  tables: Table[]
  policies: Policy[]
  constraints: Constraint[]
  uniqueIndexes: UniqueIndex[]
  grants: Grant[]
  roles: Role[]
  routines: Routine[]
  views: View[]
  /** Schemas of the database that `freehold_tenant` may use. */
  tenantSchemas: string[]
  /** Tables that stand outside `freehold`, as `schema.table`, and whether tenants have any right to one. */
  strayTables: { name: string; reachable: boolean }[]
}

const ours = `('freehold', 'app')`
const theirs = `n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema'`
const notOfExtension = (relation: string, id: string) =>
  `not exists (select from pg_depend d where d.classid = '${relation}'::regclass and d.objid = ${id} and d.deptype = 'e')`

/**
 * Of what others keep in the same database only what tenants can reach counts. Shapes are stated beside each query; PostgreSQL's own types for
 * the catalog guarantee them.
 */
export async function readCatalog(query: Query): Promise<Catalog> {
  const read = async <T>(text: string) => (await query(text)) as T[] // the shapes are stated beside each query
  const tables = await read<Omit<Table, 'columns'>>(`
    select c.relname as name, pg_get_userbyid(c.relowner)::text as owner,
      c.relrowsecurity as "rowSecurity", c.relforcerowsecurity as forced
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'freehold' and c.relkind in ('r', 'p') order by 1`)
  const columns = await read<Column & { table: string }>(`
    select c.relname as table, a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
      a.attnotnull as "notNull", a.atthasdef and a.attgenerated = '' as "hasDefault",
      a.attgenerated <> '' or a.attidentity = 'a' as generated
    from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'freehold' and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
    order by c.relname, a.attnum`)
  return {
    tables: tables.map((table) => ({
      ...table,
      columns: columns
        .filter((column) => column.table === table.name)
        .map(({ table: _, ...column }) => column),
    })),
    policies: await read<Policy>(`
      select c.relname as table, p.polname as name, p.polpermissive as permissive, p.polcmd::text as command,
        array(select case when r = 0 then 'public' else pg_get_userbyid(r)::text end from unnest(p.polroles) r) as roles,
        pg_get_expr(p.polqual, p.polrelid) as using, pg_get_expr(p.polwithcheck, p.polrelid) as check
      from pg_policy p join pg_class c on c.oid = p.polrelid join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = 'freehold' order by 1, 2`),
    constraints: await read<Constraint>(`
      select c.relname as table, k.conname as name, k.contype::text as kind, pg_get_constraintdef(k.oid) as definition,
        other.relname as "otherTable",
        array(select a.attname::text from unnest(k.conkey) with ordinality x(num, place)
          join pg_attribute a on a.attrelid = k.conrelid and a.attnum = x.num order by x.place) as columns,
        array(select a.attname::text from unnest(k.confkey) with ordinality x(num, place)
          join pg_attribute a on a.attrelid = k.confrelid and a.attnum = x.num order by x.place) as "otherColumns"
      from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
      left join pg_class other on other.oid = k.confrelid
      where n.nspname = 'freehold' and k.contype in ('p', 'u', 'f', 'c', 'x') order by 1, 2`),
    uniqueIndexes: await read<UniqueIndex>(`
      select c.relname as table, i.relname as name,
        array(select coalesce(a.attname::text, '(expression)') from unnest(x.indkey::int2[]) with ordinality k(num, place)
          left join pg_attribute a on a.attrelid = x.indrelid and a.attnum = k.num and k.num > 0
          order by k.place) as columns
      from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class c on c.oid = x.indrelid
      join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = 'freehold' and (x.indisunique or x.indisexclusion) order by 1, 2`),
    grants: await read<Grant>(`
      select c.relname as table, case when g.grantee = 0 then 'public' else pg_get_userbyid(g.grantee)::text end as grantee,
        lower(g.privilege_type) as privilege, null::text as column
      from pg_class c join pg_namespace n on n.oid = c.relnamespace, aclexplode(c.relacl) g
      where n.nspname = 'freehold' and c.relkind in ('r', 'p', 'v', 'm')
      union all
      select c.relname, case when g.grantee = 0 then 'public' else pg_get_userbyid(g.grantee)::text end,
        lower(g.privilege_type), a.attname::text
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      join pg_attribute a on a.attrelid = c.oid, aclexplode(a.attacl) g
      where n.nspname = 'freehold' order by 1, 2, 3, 4`),
    roles: await read<Role>(`
      select r.rolname::text as name, r.rolsuper as superuser, r.rolbypassrls as "bypassesRowSecurity",
        r.rolcreaterole as "createsRoles", r.rolcreatedb as "createsDatabases",
        coalesce((select jsonb_agg(jsonb_build_object('role', pg_get_userbyid(m.roleid), 'inherits', m.inherit_option))
          from pg_auth_members m where m.member = r.oid), '[]') as "memberOf"
      from pg_roles r where r.rolname in ('freehold_app', 'freehold_tenant') order by 1`),
    routines: await read<Routine>(`
      select n.nspname || '.' || p.proname as name, p.prosecdef as "securityDefiner", p.proleakproof as leakproof,
        coalesce(p.proconfig, '{}') as settings,
        array(select distinct case when g.grantee = 0 then 'public' else pg_get_userbyid(g.grantee)::text end
          from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) g order by 1) as callers
      from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where ${theirs} and ${notOfExtension('pg_proc', 'p.oid')}
        and (n.nspname in ${ours} or has_schema_privilege('freehold_tenant', n.oid, 'usage')
          and has_function_privilege('freehold_tenant', p.oid, 'execute'))
      order by 1`),
    views: await read<View>(`
      select n.nspname || '.' || c.relname as name, c.relkind = 'm' as materialized,
        coalesce(c.reloptions::text ~ 'security_invoker=(true|on|1)', false) as "securityInvoker"
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where ${theirs} and c.relkind in ('v', 'm') and ${notOfExtension('pg_class', 'c.oid')}
        and (n.nspname in ${ours} or has_any_column_privilege('freehold_tenant', c.oid, 'select'))
      order by 1`),
    tenantSchemas: (
      await read<{ name: string }>(`
      select n.nspname::text as name from pg_namespace n
      where ${theirs} and has_schema_privilege('freehold_tenant', n.oid, 'usage') order by 1`)
    ).map((row) => row.name),
    strayTables: await read<Catalog['strayTables'][number]>(`
      select n.nspname || '.' || c.relname as name,
        has_schema_privilege('freehold_tenant', n.oid, 'usage')
          and has_any_column_privilege('freehold_tenant', c.oid, 'select, insert, update') as reachable
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where ${theirs} and c.relkind in ('r', 'p', 'f') and n.nspname not in ${ours} and n.nspname <> 'pgboss'
        and ${notOfExtension('pg_class', 'c.oid')} order by 1`),
  }
}
