import type { RouteNeed } from '../../src/api/shared/route.ts'
import type { Permission } from '../../src/domain/permission.ts'
import { type Column, is, isDead, may } from './columns.ts'
import type { MatrixWorld } from './world.ts'

/** A status; `hidden`: the answer says nothing of what the row is about. */
export type Outcome = number | `${number} hidden`

/** What stands in the path where the operation has braces, and what is sent. */
export interface Filled {
  readonly at?: Readonly<Record<string, string>>
  /** With the question mark. */
  readonly query?: string
  readonly body?: object | Uint8Array | string
  readonly headers?: Readonly<Record<string, string>>
}

/** One way of asking for an operation, and what each who asks is answered. */
export interface Row {
  /** Where one operation has several. */
  readonly about?: string
  /** As the table of the operations says it; of an operation that decides more itself, what it decides. */
  readonly needs: string
  /** Makes what is asked for, anew for each who asks. */
  readonly ask: (world: MatrixWorld, column: Column) => Filled | Promise<Filled>
  /** Who may is answered so. */
  readonly done: Outcome
  /** Who has said who they are, and may not. */
  readonly refused: Outcome
  /** 401 where nothing is said. */
  readonly anonymous?: Outcome
  /** What only an answer that is not hidden says. */
  readonly shows?: RegExp
  /** Other cells, each with its reason beside it. */
  readonly but?: Cells
}

export type Rows = Readonly<Record<string, readonly Row[]>>

/** `members:manage of namespace`, or `member`. */
export function neededInWords(needs: readonly RouteNeed[]): string {
  return needs.map((need) => ('be' in need ? need.be : `${need.permission} of ${need.of}`)).join(' and ')
}

/** What a cell has to be, by the table of rights in `columns.ts` and the row. */
export function expected({ needs, done, refused, anonymous = 401, but = {} }: Row, column: Column): Outcome {
  const stated = but[column]
  if (stated !== undefined) return stated
  // Whoever shows what is good for nothing is told so, whatever it is that they ask for.
  if (isDead(column)) return 401
  if (needs.split(' and ').every((need) => has(column, need))) return done
  return column === 'anonymous' ? anonymous : refused
}

function has(column: Column, need: string): boolean {
  const [what = '', of] = need.split(' of ')
  if (of === 'namespace' || of === 'registry') return may(column, what.split(' or ') as Permission[], of)
  switch (what) {
    case 'anyone':
    case 'account':
    case 'self':
    case 'owner':
    case 'member':
    case 'seeing':
      return is(column, what)
    default:
      throw new Error(`the matrix knows nobody who has ${need}`)
  }
}

export type Cells = Partial<Record<Column, Outcome>>

/** The same outcome for many. */
export function cells(outcome: Outcome, of: readonly Column[]): Cells {
  return Object.fromEntries(of.map((column) => [column, outcome]))
}
