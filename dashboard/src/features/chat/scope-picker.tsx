import { useQuery } from '@tanstack/react-query'
import { ChevronDown, Library } from 'lucide-react'
import { Menu, MenuContent, MenuLabel, MenuRadioGroup, MenuRadioItem, MenuTrigger } from '../../ui/menu.tsx'
import { collectionsQuery } from '../knowledge/queries.ts'

/** Which collection is asked; shown once there is a choice. */
export function ScopePicker({
  value,
  onChange,
}: {
  value: string | undefined
  onChange: (collectionId: string | undefined) => void
}) {
  const { data: collections = [] } = useQuery(collectionsQuery)
  if (collections.length < 2) return null
  const name = collections.find((collection) => collection.id === value)?.name ?? 'All collections'
  return (
    <Menu>
      <MenuTrigger
        aria-label={`${name}, choose what is asked`}
        className="inline-flex h-7 max-w-48 min-w-0 items-center gap-1.5 rounded-md px-2 text-sm text-ink-2 transition-colors hover:bg-hover hover:text-ink data-[state=open]:bg-hover max-md:h-9"
      >
        <Library className="size-3.5 shrink-0 text-ink-3" aria-hidden />
        <span className="truncate">{name}</span>
        <ChevronDown className="size-3.5 shrink-0 text-ink-3" aria-hidden />
      </MenuTrigger>
      <MenuContent align="start" side="top">
        <MenuLabel>Answer from</MenuLabel>
        <MenuRadioGroup value={value ?? ''} onValueChange={(id) => onChange(id === '' ? undefined : id)}>
          <MenuRadioItem value="">All collections</MenuRadioItem>
          {collections.map((collection) => (
            <MenuRadioItem key={collection.id} value={collection.id}>
              <span className="truncate">{collection.name}</span>
            </MenuRadioItem>
          ))}
        </MenuRadioGroup>
      </MenuContent>
    </Menu>
  )
}
