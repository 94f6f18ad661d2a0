import { Download } from 'lucide-react'
import { Button } from '../../ui/button.tsx'
import { Menu, MenuContent, MenuItem, MenuLabel, MenuTrigger } from '../../ui/menu.tsx'
import type { ActivityFilter } from './queries.ts'

/** The log as a file, with the filters that are set: the browser saves it as it streams. */
export function AuditExport({ filter }: { filter: ActivityFilter }) {
  const address = (format: 'csv' | 'json'): string => {
    const query = new URLSearchParams({ format })
    for (const [name, value] of Object.entries(filter)) if (value !== undefined) query.set(name, value)
    return `/api/v1/activity/export?${query}`
  }
  return (
    <Menu>
      <MenuTrigger asChild>
        <Button>
          <Download /> Export
        </Button>
      </MenuTrigger>
      <MenuContent align="end">
        <MenuLabel>All entries the filters let through</MenuLabel>
        <MenuItem asChild>
          <a href={address('csv')} download>
            As CSV, for a table
          </a>
        </MenuItem>
        <MenuItem asChild>
          <a href={address('json')} download>
            As JSON, one entry a line
          </a>
        </MenuItem>
      </MenuContent>
    </Menu>
  )
}
