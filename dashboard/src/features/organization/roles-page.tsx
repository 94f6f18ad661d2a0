import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { plural } from '../../app/format.ts'
import { useCan, useOrganization } from '../../app/session.ts'
import { Button } from '../../ui/button.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { Page, SectionHeader, useTitle } from '../../ui/page.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { ErrorState } from '../../ui/states.tsx'
import { DeleteRoleDialog } from './delete-role-dialog.tsx'
import { OrganizationHeader } from './organization-header.tsx'
import { permissionsQuery } from './queries.ts'
import { RoleDialog } from './role-dialog.tsx'
import { RoleInspector } from './role-inspector.tsx'
import { type RoleChoice, useRoleChoices } from './roles.ts'

const route = getRouteApi('/app/organization/roles')

function RoleLink({ role }: { role: RoleChoice }) {
  return (
    <Link
      to="/organization/roles"
      search={{ role: role.value }}
      data-row-primary
      className="block truncate rounded-sm font-medium after:absolute after:inset-0 after:content-['']"
    >
      {role.label}
    </Link>
  )
}

const name: Column<RoleChoice> = {
  id: 'name',
  header: 'Role',
  className: 'w-1/4 max-w-0',
  cell: (role) => <RoleLink role={role} />,
}
const hint: Column<RoleChoice> = {
  id: 'hint',
  header: 'What it is for',
  className: 'w-full max-w-0',
  cell: (role) => <span className="block truncate text-ink-2">{role.hint}</span>,
}
const count: Column<RoleChoice> = {
  id: 'permissions',
  header: 'Allows',
  numeric: true,
  className: 'whitespace-nowrap text-ink-2',
  cell: (role) => plural(role.permissions.length, 'permission'),
}
const members: Column<RoleChoice> = {
  id: 'members',
  header: 'Held by',
  numeric: true,
  className: 'whitespace-nowrap text-ink-2',
  cell: (role) => plural(role.custom?.memberCount ?? 0, 'member'),
}

export function RolesPage() {
  useTitle('Roles')
  const organization = useOrganization()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const canManage = useCan('manage:roles')
  const permissions = useQuery(permissionsQuery)
  const choices = useRoleChoices()
  const [editing, setEditing] = useState<RoleChoice | null>(null)
  const [deleting, setDeleting] = useState<RoleChoice | null>(null)
  const open = choices.all.find((role) => role.value === search.role)
  const own = choices.all.filter((role) => role.custom !== null)
  const create = (): void => void navigate({ search: { create: true }, replace: true })
  return (
    <Page
      inspector={
        open && permissions.data ? (
          <RoleInspector
            role={open}
            permissions={permissions.data}
            mayGive={choices.mayGive(open.value)}
            onEdit={() => setEditing(open)}
            onDelete={() => setDeleting(open)}
            onClose={() => void navigate({ search: {} })}
          />
        ) : null
      }
    >
      <OrganizationHeader
        actions={
          canManage ? (
            <Button variant="primary" onClick={create}>
              <Plus /> Make a role
            </Button>
          ) : null
        }
      />
      {choices.isPending ? <SkeletonRows rows={6} className="mt-4" /> : null}
      {choices.error ? (
        <ErrorState
          error={choices.error}
          title="The roles could not be loaded"
          onRetry={() => void permissions.refetch()}
          className="mt-6"
        />
      ) : null}
      {choices.isPending || choices.error ? null : (
        <>
          <section aria-labelledby="built-in" className="mt-4">
            <SectionHeader id="built-in" title="Built-in" />
            <DataTable
              label="Built-in roles"
              columns={[name, hint, count]}
              rows={choices.all.filter((role) => role.custom === null)}
              rowKey={(role) => role.value}
              activeKey={search.role}
              compact={(role) => <CompactRole role={role} />}
            />
          </section>
          <section aria-labelledby="own-roles" className="mt-8">
            <SectionHeader id="own-roles" title={`Roles of ${organization.name}`} />
            {own.length > 0 ? (
              <DataTable
                label="Own roles"
                columns={[name, hint, members, count]}
                rows={own}
                rowKey={(role) => role.value}
                activeKey={search.role}
                compact={(role) => <CompactRole role={role} />}
              />
            ) : (
              <p className="mt-1 max-w-[68ch] border-t border-line-strong pt-3 text-sm text-pretty text-ink-2">
                None yet. Where the built-in roles give too much or too little, put one together from single
                permissions: somebody who only reads the audit log, a service that only searches.{' '}
                {canManage ? (
                  <Button variant="link" size="inline" onClick={create}>
                    Make a role
                  </Button>
                ) : null}
              </p>
            )}
          </section>
        </>
      )}
      {search.create && canManage ? (
        <RoleDialog
          existing={null}
          onClose={() => void navigate({ search: {}, replace: true })}
          onSaved={(saved) => void navigate({ search: { role: saved.id } })}
        />
      ) : null}
      {editing?.custom ? <RoleDialog existing={editing.custom} onClose={() => setEditing(null)} /> : null}
      {deleting?.custom ? (
        <DeleteRoleDialog
          role={deleting.custom}
          onClose={() => setDeleting(null)}
          onDeleted={() => {
            setDeleting(null)
            void navigate({ search: {} })
          }}
        />
      ) : null}
    </Page>
  )
}

function CompactRole({ role }: { role: RoleChoice }) {
  return (
    <div>
      <div className="flex items-baseline justify-between gap-3">
        <RoleLink role={role} />
        <span className="shrink-0 text-sm text-ink-3">{plural(role.permissions.length, 'permission')}</span>
      </div>
      <p className="text-sm text-ink-2">{role.hint}</p>
    </div>
  )
}
