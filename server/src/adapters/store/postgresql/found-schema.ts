import type { ClientBase } from 'pg'
import { type Schema, schemaVersion } from '../../../ports/store/table.ts'
import { quoted } from '../../shared/postgresql-quoted.ts'
import { type DeclaredLog, type DeclaredTable, declared } from '../shared/declared.ts'
import { schemaAt } from '../shared/standing.ts'
import {
  columnSql,
  indexName,
  ownTables,
  positionColumn,
  primaryKeyName,
  rangeName,
  transactionColumn,
  uniqueName,
} from './table-sql.ts'

/**
 * What is not as declared, one phrase each. Tables of other names are somebody else's, and so is an order that somebody has
 * added for queries of their own; whatever would change what a commit does is not let pass.
 */
export async function tableDifferences(client: ClientBase, schema: Schema): Promise<string[]> {
  const wanted = declaredTraits(schema)
  const found = await foundTraits(client)
  const missing = ownTables.filter((name) => !found.has(name)).map((name) => `table ${name} is missing`)
  return [
    ...missing,
    ...Array.from(wanted, ([name, traits]) => differences(name, traits, found.get(name))).flat(),
  ]
}

/** What the migrations of a schema make otherwise than it declares, one phrase each. Throws `permanent`. */
export function unmadeTables(schema: Schema): string[] {
  const wanted = declaredTraits(schema)
  const made = declaredTraits(schemaAt(schema, schemaVersion(schema)))
  const names = new Set([...wanted.keys(), ...made.keys()])
  return Array.from(names).flatMap((name) => {
    const traits = wanted.get(name)
    return traits === undefined
      ? [`table ${name} is not declared`]
      : differences(name, traits, made.get(name))
  })
}

type Traits = ReadonlyMap<string, readonly string[]>

function declaredTraits(schema: Schema): Traits {
  const { tables, logs } = declared(schema)
  return new Map([
    ...Array.from(tables.values(), (table) => [table.name, tableTraits(table)] as const),
    ...Array.from(logs.values(), (log) => [log.name, logTraits(log)] as const),
  ])
}

function differences(
  name: string,
  wanted: readonly string[],
  found: readonly string[] | undefined,
): string[] {
  if (found === undefined) return [`table ${name} is missing`]
  const missing = wanted.filter((trait) => !found.includes(trait))
  const extra = found.filter((trait) => !wanted.includes(trait))
  return [
    ...missing.map((trait) => `table ${name} lacks ${trait}`),
    ...extra.map((trait) => `table ${name} has ${trait}, which is not declared`),
  ]
}

function tableTraits(table: DeclaredTable): string[] {
  const { name } = table
  return [
    ...table.columns.map((column) => `column ${columnSql(column)}`),
    `column ${columnSql({ name: 'rev', type: 'text', nullable: false })}`,
    indexTrait('primary key', primaryKeyName(name), names(table.key)),
    ...Array.from(table.unique, ([unique, columns]) =>
      indexTrait('unique key', uniqueName(name, unique), names(columns)),
    ),
    ...Array.from(table.indexes)
      .filter(([index]) => index !== 'key')
      .map(([index, columns]) => indexTrait('order', indexName(name, index), names(columns))),
    ...rangeTraits(table),
  ]
}

function logTraits(log: DeclaredLog): string[] {
  const place = [transactionColumn, positionColumn]
  return [
    `column ${quoted(positionColumn)} bigint NOT NULL`,
    `column ${quoted(transactionColumn)} xid8 NOT NULL`,
    ...log.columns.map((column) => `column ${columnSql(column)}`),
    indexTrait('primary key', primaryKeyName(log.name), place),
    ...rangeTraits(log),
  ]
}

const names = (columns: readonly { readonly name: string }[]): string[] => columns.map(({ name }) => name)

const rangeTraits = ({ name, columns }: DeclaredLog): string[] =>
  columns
    .filter(({ type }) => type === 'integer')
    .map((column) => `constraint ${rangeName(name, column.name)}`)

function indexTrait(kind: string, name: string, columns: readonly string[]): string {
  return `${kind} ${name} (${columns.join(', ')})`
}

async function foundTraits(client: ClientBase): Promise<Traits> {
  const { rows } = await client.query<{ table: string; trait: string }>(foundSql)
  const traits = new Map<string, string[]>()
  for (const { table, trait } of rows) {
    const known = traits.get(table) ?? []
    traits.set(table, known)
    // A table without columns would be none otherwise.
    if (trait !== '') known.push(trait)
  }
  return traits
}

/**
 * Orders count only where their names are ours, and those that search uses are looked after elsewhere. An index that was not
 * made to its end is none.
 */
const foundSql = `
WITH ours AS (
  SELECT oid, relname::text AS name, relpersistence, relrowsecurity, relhassubclass, relispartition
  FROM pg_class WHERE relnamespace = quote_ident(current_schema())::regnamespace AND relkind = 'r'
), traits AS (
  SELECT name, '' AS trait FROM ours
  UNION ALL
  SELECT name, 'column "' || attname || '" ' || format_type(atttypid, atttypmod)
      || CASE WHEN collname IS NULL OR collname = 'default' THEN '' ELSE ' COLLATE "' || collname || '"' END
      || CASE WHEN attnotnull THEN ' NOT NULL' ELSE '' END
      || CASE WHEN attgenerated <> '' THEN ' GENERATED' ELSE '' END
    FROM ours JOIN pg_attribute ON attrelid = ours.oid AND attnum > 0 AND NOT attisdropped
    LEFT JOIN pg_collation ON pg_collation.oid = attcollation
  UNION ALL
  SELECT name, CASE WHEN indisprimary THEN 'primary key ' WHEN indisunique THEN 'unique key ' ELSE 'order ' END
      || made.relname || ' (' || (
        SELECT string_agg(coalesce(attname::text, 'an expression')
            || CASE WHEN indoption[place - 1] <> 0 THEN ' otherwise' ELSE '' END
            || CASE WHEN indcollation[place - 1] <> attcollation THEN ' collated' ELSE '' END, ', ' ORDER BY place)
          FROM unnest(indkey::int2[]) WITH ORDINALITY AS part (number, place)
          LEFT JOIN pg_attribute ON attrelid = indrelid AND attnum = part.number AND attnum > 0
        ) || ')' || CASE WHEN indpred IS NULL THEN '' ELSE ' of some rows' END
    FROM ours JOIN pg_index ON indrelid = ours.oid JOIN pg_class made ON made.oid = indexrelid
    WHERE indisvalid AND (indisunique OR starts_with(made.relname, left(name, 48) || '_i_'))
  UNION ALL
  SELECT name, 'constraint ' || conname FROM ours JOIN pg_constraint ON conrelid = ours.oid
    WHERE contype NOT IN ('p', 'u', 'n')
  UNION ALL
  SELECT name, 'a foreign key of another table, ' || conname FROM ours JOIN pg_constraint ON confrelid = ours.oid
  UNION ALL
  SELECT name, 'trigger ' || tgname FROM ours JOIN pg_trigger ON tgrelid = ours.oid WHERE NOT tgisinternal
  UNION ALL
  SELECT name, 'rule ' || rulename FROM ours JOIN pg_rewrite ON ev_class = ours.oid
  UNION ALL
  SELECT name, 'row security' FROM ours WHERE relrowsecurity
  UNION ALL
  SELECT name, 'tables that inherit from it' FROM ours WHERE relhassubclass
  UNION ALL
  SELECT name, 'no log (UNLOGGED): a crash would empty it' FROM ours WHERE relpersistence <> 'p'
)
SELECT name AS table, trait FROM traits ORDER BY 1, 2`
