import {
  createColumnHelper,
  createSortedRowModel,
  type Row,
  type RowData,
  rowSortingFeature,
  type SortingState,
  tableFeatures,
  useTable,
} from '@tanstack/react-table'
import { useVirtualizer } from '@tanstack/react-virtual'
import { ArrowDown, ArrowUp } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useMemo, useRef } from 'react'
import { useMediaQuery } from '../app/media-query.ts'
import { cn } from './cn.ts'
import { LoadMore } from './load-more.tsx'

export interface Column<Item> {
  id: string
  header: ReactNode
  cell: (item: Item) => ReactNode
  /** What the column sorts by; without it the column does not sort. */
  sortBy?: (item: Item) => string | number | bigint
  /** Numbers stand at the right. */
  numeric?: boolean
  className?: string
}

export interface TableSort {
  id: string
  desc: boolean
}

const features = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel() })

function compareValues(a: unknown, b: unknown): number {
  if (typeof a === 'string' && typeof b === 'string') {
    return a.localeCompare(b, undefined, { numeric: true, sensitivity: 'base' })
  }
  // Columns sort by strings, numbers or bigints only, one kind a column.
  const left = a as number | bigint
  const right = b as number | bigint
  return left < right ? -1 : left > right ? 1 : 0
}

const virtualFrom = 200

/** Up and down move between rows, Home and End to the ends; Enter is the row's own link or button. */
function moveBetweenRows(event: KeyboardEvent<HTMLElement>): void {
  const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, Home: -1e9, End: 1e9 }
  const step = steps[event.key]
  if (
    step === undefined ||
    !(event.target instanceof HTMLElement) ||
    event.target.closest('input,[role=menu]')
  )
    return
  const primaries = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-row-primary]')]
  const row = event.target.closest('[data-row]')
  const index = primaries.findIndex((primary) => row?.contains(primary))
  const next = primaries[Math.max(0, Math.min(primaries.length - 1, index + step))]
  if (!next) return
  event.preventDefault()
  next.focus()
}

/**
 * A ledger of rows: hairlines, numbers at the right, sorting by its headings, arrow keys between rows, virtual from
 * 200 rows. Where there is no room for columns each row is drawn by `compact`. The link or button that opens a row carries `data-row-primary`.
 */
export function DataTable<Item extends RowData>({
  label,
  columns,
  rows,
  rowKey,
  compact,
  activeKey,
  sort,
  onSort,
  onLoadMore,
  loadingMore,
  footer,
}: {
  label: string
  columns: readonly Column<Item>[]
  rows: Item[]
  rowKey: (item: Item) => string
  compact?: (item: Item) => ReactNode
  activeKey?: string | undefined
  sort?: TableSort | undefined
  onSort?: (sort: TableSort | undefined) => void
  onLoadMore?: (() => void) | undefined
  loadingMore?: boolean
  footer?: ReactNode
}) {
  const narrow = useMediaQuery('(max-width: 900px)')
  const body = useRef<HTMLDivElement>(null)
  const byId = useMemo(() => new Map(columns.map((column) => [column.id, column])), [columns])
  const definitions = useMemo(() => {
    const helper = createColumnHelper<typeof features, Item>()
    return helper.columns(
      columns.map((column) =>
        helper.accessor((item: Item) => column.sortBy?.(item) ?? '', {
          id: column.id,
          header: () => column.header,
          cell: ({ row }) => column.cell(row.original),
          enableSorting: column.sortBy !== undefined && onSort !== undefined,
          sortDescFirst: column.numeric === true,
          sortFn: (a, b, id) => compareValues(a.getValue(id), b.getValue(id)),
        }),
      ),
    )
  }, [columns, onSort])
  const sorting = useMemo<SortingState>(() => (sort ? [sort] : []), [sort])
  const table = useTable({
    features,
    columns: definitions,
    data: rows,
    getRowId: rowKey,
    state: { sorting },
    onSortingChange: (updater) => {
      const next = typeof updater === 'function' ? updater(sorting) : updater
      onSort?.(next[0])
    },
  })
  const modelRows = table.getRowModel().rows

  if (narrow && compact) {
    return (
      // biome-ignore lint/a11y/noStaticElementInteractions: arrow keys only move the focus between the rows' own links
      <div ref={body} onKeyDown={moveBetweenRows}>
        <ul aria-label={label}>
          <VirtualRows
            rows={modelRows}
            container={body}
            height={64}
            spacer={(height) => <li aria-hidden style={{ height }} />}
          >
            {(row) => (
              <li
                key={row.id}
                data-row
                className={cn('relative border-b py-3', row.id === activeKey && 'row-bleed row-chosen')}
              >
                {compact(row.original)}
              </li>
            )}
          </VirtualRows>
        </ul>
        {onLoadMore ? <LoadMore onVisible={onLoadMore} busy={loadingMore === true} /> : null}
        {footer}
      </div>
    )
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: arrow keys only move the focus between the rows' own links
    <div ref={body} onKeyDown={moveBetweenRows}>
      <table className="w-full border-collapse text-base">
        <caption className="sr-only">{label}</caption>
        <thead>
          {table.getHeaderGroups().map((group) => (
            <tr key={group.id} className="border-b border-line-strong">
              {group.headers.map((header) => {
                const column = byId.get(header.column.id)
                const sorted = header.column.getIsSorted()
                return (
                  <th
                    key={header.id}
                    scope="col"
                    aria-sort={sorted === 'asc' ? 'ascending' : sorted === 'desc' ? 'descending' : undefined}
                    className={cn(
                      column?.className,
                      'h-9 px-3 py-0 text-left text-xs font-medium whitespace-nowrap text-ink-3 first:pl-0 last:pr-0',
                      column?.numeric && 'text-right',
                    )}
                  >
                    {header.column.getCanSort() ? (
                      <button
                        type="button"
                        onClick={header.column.getToggleSortingHandler()}
                        className="group inline-flex items-center gap-1 rounded-sm hover:text-ink"
                      >
                        <table.FlexRender header={header} />
                        {sorted === 'asc' ? <ArrowUp className="size-3" aria-hidden /> : null}
                        {sorted === 'desc' ? <ArrowDown className="size-3" aria-hidden /> : null}
                      </button>
                    ) : (
                      <table.FlexRender header={header} />
                    )}
                  </th>
                )
              })}
            </tr>
          ))}
        </thead>
        <tbody>
          <VirtualRows
            rows={modelRows}
            container={body}
            height={44}
            spacer={(height) => (
              <tr aria-hidden>
                <td colSpan={columns.length} style={{ height, padding: 0 }} />
              </tr>
            )}
          >
            {(row) => (
              <tr
                key={row.id}
                data-row
                className={cn(
                  'row-bleed relative border-b transition-colors',
                  row.id === activeKey ? 'row-chosen' : 'hover:row-quiet',
                )}
              >
                {row.getAllCells().map((cell) => {
                  const column = byId.get(cell.column.id)
                  return (
                    <td
                      key={cell.id}
                      className={cn(
                        'h-11 px-3 first:pl-0 last:pr-0',
                        column?.numeric && 'text-right',
                        column?.className,
                      )}
                    >
                      <table.FlexRender cell={cell} />
                    </td>
                  )
                })}
              </tr>
            )}
          </VirtualRows>
        </tbody>
      </table>
      {onLoadMore ? <LoadMore onVisible={onLoadMore} busy={loadingMore === true} /> : null}
      {footer}
    </div>
  )
}

/** All rows while they are few; from 200 on only those in view, between two spacers. */
function VirtualRows<Item extends RowData>({
  rows,
  container,
  height,
  spacer,
  children,
}: {
  rows: Row<typeof features, Item>[]
  container: React.RefObject<HTMLElement | null>
  height: number
  spacer: (height: number) => ReactNode
  children: (row: Row<typeof features, Item>) => ReactNode
}) {
  const virtual = rows.length >= virtualFrom
  const virtualizer = useVirtualizer({
    count: virtual ? rows.length : 0,
    getScrollElement: () => container.current?.closest<HTMLElement>('[data-page-scroll]') ?? null,
    estimateSize: () => height,
    overscan: 12,
    scrollMargin: container.current?.offsetTop ?? 0,
  })
  if (!virtual) return rows.map(children)
  const items = virtualizer.getVirtualItems()
  const margin = container.current?.offsetTop ?? 0
  const before = (items[0]?.start ?? margin) - margin
  const after = virtualizer.getTotalSize() - ((items.at(-1)?.end ?? margin) - margin)
  return (
    <>
      {before > 0 ? spacer(before) : null}
      {items.map((item) => {
        const row = rows[item.index]
        return row ? children(row) : null
      })}
      {after > 0 ? spacer(after) : null}
    </>
  )
}
