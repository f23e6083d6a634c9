import type { ComponentChildren } from 'preact'
import { useRef } from 'preact/hooks'
import { text } from '../text/en.ts'
import { Button, IconButton } from './button.tsx'
import { moveFocus, useRowFocus } from './row-focus.ts'
import { Empty, Failure, Skeleton } from './states.tsx'

export interface Column<Row> {
  id: string
  title: string
  cell: (row: Row) => ComponentChildren
  /** read out, and not shown */
  hidesTitle?: true
  /** where it is narrow it is left out */
  isWide?: boolean
  /** where it is narrow it stands above the others; the first one unless said */
  isMain?: boolean
  /** where it is narrow its title stands before it: what it says needs that to be understood */
  isNamed?: boolean
  /** it may take as much room as there is; the others are shortened, and texts told in full on hover */
  isLong?: boolean
  /** the name of the order, where the API sorts by it */
  sort?: string
  /** in that order the last comes first, unless somebody asks the other way round: of instants */
  isLastFirst?: true
  align?: 'right'
}

/** What is chosen among the rows, where rows can be. */
export interface Choice {
  chosen: ReadonlySet<string>
  onChoose: (chosen: ReadonlySet<string>) => void
}

interface TableProps<Row> {
  /** what the rows are, for whoever hears it */
  caption: string
  columns: readonly Column<Row>[]
  rows: readonly Row[] | undefined
  idOf: (row: Row) => string
  nameOf: (row: Row) => string
  onOpen?: ((row: Row) => void) | undefined
  choice?: Choice | undefined
  sort?: { by: string; onSort: (by: string) => void } | undefined
  error?: unknown
  onRetry?: () => void
  more?: { isBusy: boolean; onMore: () => void } | undefined
  empty: ComponentChildren
}

/** Written out, since a browser may forget them where the style sheet makes blocks of rows. */
const roles = {
  table: 'table',
  rowgroup: 'rowgroup',
  row: 'row',
  columnheader: 'columnheader',
  cell: 'cell',
} as const

/** So many columns, with what is ticked and what opens, want much room. */
const manyColumns = 7

/**
 * The one table of the console. Arrows, Home and End go from row to row, Enter opens, Space chooses, Esc lets go of what is
 * chosen; a row is opened by a button of its own as well, so that everything has a name.
 */
export function Table<Row>(props: TableProps<Row>) {
  const { caption, columns, rows, choice, error, onRetry, more, empty } = props
  const body = useRef<HTMLTableSectionElement>(null)
  const track = useRowFocus(body, rows?.map(props.idOf))
  const isMany = columns.length + (choice ? 1 : 0) + (props.onOpen ? 1 : 0) >= manyColumns
  if (error && !rows) return <Failure error={error} {...(onRetry && { onRetry })} />
  if (!rows) return <Skeleton />
  if (rows.length === 0 && more) return <FurtherOn more={more} />
  if (rows.length === 0) return <>{empty}</>
  return (
    <div>
      <div class="@container relative overflow-x-auto">
        <table
          role={roles.table}
          class={`rows ${isMany ? 'many' : ''} w-full border-collapse text-left text-sm`}
        >
          <caption class="sr-only">
            {caption}. {text.table.keys}
          </caption>
          <Head {...props} rows={rows} />
          <tbody
            role={roles.rowgroup}
            ref={body}
            {...track}
            onKeyDown={(event) => {
              if (event.key === 'Escape' && choice) choice.onChoose(new Set())
              moveFocus(event, body.current)
            }}
          >
            {rows.map((row, index) => (
              <Row key={props.idOf(row)} {...props} row={row} columns={columns} isFirst={index === 0} />
            ))}
          </tbody>
        </table>
      </div>
      {more && (
        <div class="flex justify-center p-3">
          <Button look="bare" isBusy={more.isBusy} onClick={more.onMore}>
            {text.acts.more}
          </Button>
        </div>
      )}
    </div>
  )
}

/** Nothing yet, and the list is not at its end. */
function FurtherOn({ more: { isBusy, onMore } }: { more: NonNullable<TableProps<never>['more']> }) {
  return (
    <Empty title={isBusy ? text.table.looking : text.table.nothingYet}>
      {!isBusy && <Button onClick={onMore}>{text.table.lookOn}</Button>}
    </Empty>
  )
}

type HeadProps<Row> = Pick<TableProps<Row>, 'columns' | 'choice' | 'idOf' | 'onOpen' | 'sort'> & {
  rows: readonly Row[]
}

function Head<Row>({ columns, choice, rows, idOf, onOpen, sort }: HeadProps<Row>) {
  const ids = rows.map(idOf)
  const areAllChosen = choice !== undefined && ids.every((id) => choice.chosen.has(id))
  const areSome = choice !== undefined && choice.chosen.size > 0 && !areAllChosen
  return (
    <thead role={roles.rowgroup}>
      <tr role={roles.row} class="border-b border-line text-xs text-soft">
        {choice && (
          <th role={roles.columnheader} class="pick w-12 @xl:pl-2" scope="col">
            <Pick
              label={text.table.chooseAll}
              isChosen={areAllChosen}
              areSome={areSome}
              onChange={() => choice.onChoose(areAllChosen ? new Set() : new Set(ids))}
            />
          </th>
        )}
        {columns.map((column) => (
          <HeadCell key={column.id} column={column} sort={sort} />
        ))}
        {onOpen && <td role={roles.cell} class="open w-12" />}
      </tr>
    </thead>
  )
}

function HeadCell<Row>({ column, sort }: { column: Column<Row>; sort: TableProps<Row>['sort'] }) {
  const { id, title, isWide, align, hidesTitle, isLastFirst } = column
  const sortId = column.sort
  const isDown = sortId !== undefined && sort?.by === `-${sortId}`
  const isUp = sortId !== undefined && sort?.by === sortId
  const look = `px-3 py-2.5 font-medium whitespace-nowrap @xl:first:pl-4 @xl:last:pr-4 ${isWide ? 'spare' : ''} ${align === 'right' ? 'text-right' : ''}`
  if (!sort || sortId === undefined)
    return (
      <th key={id} role={roles.columnheader} scope="col" class={look}>
        {hidesTitle ? <span class="sr-only">{title}</span> : title}
      </th>
    )
  return (
    <th
      role={roles.columnheader}
      scope="col"
      class={look}
      aria-sort={isUp ? 'ascending' : isDown ? 'descending' : 'none'}
    >
      <button
        type="button"
        class="inline-flex min-h-6 items-center gap-1 rounded-sm hover:text-ink"
        onClick={() => sort.onSort((isLastFirst ? isDown : !isUp) ? sortId : `-${sortId}`)}
      >
        {title}
        <span aria-hidden="true">{isUp ? '↑' : isDown ? '↓' : ''}</span>
      </button>
    </th>
  )
}

type RowProps<Row> = Pick<TableProps<Row>, 'columns' | 'choice' | 'idOf' | 'nameOf' | 'onOpen'> & {
  row: Row
  isFirst: boolean
}

function Row<Row>({ row, columns, choice, idOf, nameOf, onOpen, isFirst }: RowProps<Row>) {
  const id = idOf(row)
  const isChosen = choice?.chosen.has(id) ?? false
  const choose = () => choice?.onChoose(toggled(choice.chosen, id))
  const main = columns.find(({ isMain }) => isMain) ?? columns[0]
  return (
    <tr
      role={roles.row}
      class={`group scroll-mt-28 border-b border-line last:border-b-0 focus-visible:-outline-offset-2 ${onOpen ? 'cursor-pointer' : ''} ${isChosen ? 'bg-tint' : onOpen ? 'hover:bg-raised' : ''}`}
      tabIndex={isFirst ? 0 : -1}
      {...(choice && { 'aria-selected': isChosen })}
      onClick={(event) => {
        if (!isControl(event.target)) onOpen?.(row)
      }}
      onKeyDown={(event) => {
        if (isControl(event.target)) return
        if (event.key === 'Enter') onOpen?.(row)
        else if (event.key === ' ' && choice) choose()
        else return
        event.preventDefault()
      }}
    >
      {choice && (
        <td role={roles.cell} class="pick @xl:pl-2">
          <Pick label={text.table.choose(nameOf(row))} isChosen={isChosen} onChange={choose} />
        </td>
      )}
      {columns.map((column) => (
        <Cell key={column.id} column={column} row={row} isMain={column === main} />
      ))}
      {onOpen && (
        <td role={roles.cell} class="open text-right @xl:pr-2">
          <IconButton
            icon="next"
            label={text.table.open(nameOf(row))}
            tabIndex={-1}
            onClick={() => onOpen(row)}
          />
        </td>
      )}
    </tr>
  )
}

function Cell<Row>({ column, row, isMain }: { column: Column<Row>; row: Row; isMain: boolean }) {
  const { cell, title, isWide, isLong, isNamed, align, hidesTitle } = column
  const content = cell(row)
  const look = [
    isLong ? '' : 'max-w-[max(23cqw,9rem)] truncate',
    isMain && 'main font-medium',
    isWide && 'spare',
    hidesTitle && 'acts [&_button]:min-h-8 [&_button]:py-1',
    align === 'right' && 'text-right tabular-nums',
  ]
  return (
    <td
      role={roles.cell}
      class={`h-11 px-3 py-1.5 @xl:first:pl-4 @xl:last:pr-4 ${look.filter(Boolean).join(' ')}`}
      {...(typeof content === 'string' && { title: content })}
      {...(isNamed && { 'data-name': title })}
    >
      {content}
    </td>
  )
}

interface PickProps {
  label: string
  isChosen: boolean
  /** of a box for many: some of them, and not all */
  areSome?: boolean
  onChange: () => void
}

/** A box to tick, with room around it for a finger. */
function Pick({ label, isChosen, areSome = false, onChange }: PickProps) {
  return (
    <label class="inline-flex size-9 cursor-pointer items-center justify-center">
      <input
        type="checkbox"
        class="size-4 accent-accent"
        aria-label={label}
        checked={isChosen}
        indeterminate={areSome}
        onChange={onChange}
      />
    </label>
  )
}

function toggled(chosen: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(chosen)
  if (!next.delete(id)) next.add(id)
  return next
}

function isControl(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('button, input, a, select, label') !== null
}

/** What a list without a row says: that there is nothing, or that nothing matches. */
export function EmptyList({ isFiltered, children }: { isFiltered: boolean; children?: ComponentChildren }) {
  if (isFiltered)
    return (
      <Empty icon="search" title={text.states.noMatch}>
        {text.states.noMatchHint}
      </Empty>
    )
  return <Empty title={text.states.empty}>{children}</Empty>
}
