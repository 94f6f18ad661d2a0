import { useQuery } from '@tanstack/react-query'
import { Check, ChevronDown, Lock, Plus, Settings2 } from 'lucide-react'
import { useState } from 'react'
import { useCan } from '../../app/session.ts'
import { Button } from '../../ui/button.tsx'
import { Menu, MenuContent, MenuItem, MenuSeparator, MenuTrigger } from '../../ui/menu.tsx'
import { CollectionSettingsDialog } from './collection-settings-dialog.tsx'
import { CreateCollectionDialog } from './create-collection-dialog.tsx'
import { collectionsQuery } from './queries.ts'

/** Which collection the list shows and uploads go to. */
export function CollectionPicker({
  value,
  onChange,
}: {
  value: string | undefined
  onChange: (collectionId: string | undefined) => void
}) {
  const { data: collections = [] } = useQuery(collectionsQuery)
  const canWrite = useCan('write:documents')
  const [creating, setCreating] = useState(false)
  const [changing, setChanging] = useState(false)
  const chosen = collections.find((collection) => collection.id === value)
  const items = [{ id: undefined, name: 'All collections' }, ...collections]
  return (
    <>
      <Menu>
        <MenuTrigger asChild>
          <Button aria-label={`${chosen?.name ?? 'All collections'}, choose a collection`}>
            <span className="max-w-40 truncate">{chosen?.name ?? 'All collections'}</span>
            <ChevronDown className="text-ink-3" />
          </Button>
        </MenuTrigger>
        <MenuContent align="start">
          {items.map((item) => (
            <MenuItem key={item.id ?? 'all'} onSelect={() => onChange(item.id)}>
              <span className="min-w-0 flex-1 truncate">{item.name}</span>
              {'access' in item && item.access === 'restricted' ? (
                <Lock aria-label="only some read it" />
              ) : null}
              {item.id === value ? <Check className="!text-accent-ink" aria-label="chosen" /> : null}
            </MenuItem>
          ))}
          {canWrite ? (
            <>
              <MenuSeparator />
              {chosen ? (
                <MenuItem onSelect={() => setChanging(true)}>
                  <Settings2 /> Settings of {chosen.name}
                </MenuItem>
              ) : null}
              <MenuItem onSelect={() => setCreating(true)}>
                <Plus /> New collection
              </MenuItem>
            </>
          ) : null}
        </MenuContent>
      </Menu>
      {changing && chosen ? (
        <CollectionSettingsDialog collection={chosen} onClose={() => setChanging(false)} />
      ) : null}
      {creating ? (
        <CreateCollectionDialog
          onClose={() => setCreating(false)}
          onCreated={(collection) => onChange(collection.id)}
        />
      ) : null}
    </>
  )
}
