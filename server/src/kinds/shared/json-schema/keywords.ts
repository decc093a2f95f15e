import { isJsonObject, type JsonObject } from '../../../domain/strict-json.ts'

/** Schemas may be `true` and `false` too: everything, and nothing. */
export type Schema = JsonObject | boolean

/** How a keyword holds other schemas. */
type Holding = 'one' | 'list' | 'members' | 'one or list' | 'members or names'

export interface Keyword {
  /** To follow "wants". */
  readonly wants: string
  readonly fits: (value: unknown) => boolean
  readonly holds?: Holding
  /** The schemas that it holds speak of the same value as the one that holds them. */
  readonly sameValue?: true
}

export const typeNames = ['object', 'array', 'string', 'number', 'integer', 'boolean', 'null'] as const

const isSchema = (value: unknown): boolean => typeof value === 'boolean' || isJsonObject(value)
const isText = (value: unknown): boolean => typeof value === 'string'
const isNumber = (value: unknown): boolean => typeof value === 'number'
const isCount = (value: unknown): boolean => Number.isInteger(value) && Number(value) >= 0
const isTypeName = (value: unknown): boolean => typeNames.some((name) => name === value)
const isListOf =
  (fits: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    Array.isArray(value) && value.every(fits)
const isNames = (value: unknown): boolean =>
  isListOf(isText)(value) && new Set(value as string[]).size === (value as string[]).length
const isFullList =
  (fits: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    isListOf(fits)(value) && (value as unknown[]).length > 0
const hasMembersOf =
  (fits: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    isJsonObject(value) && Object.values(value).every(fits)

const oneSchema: Keyword = { wants: 'a schema', fits: isSchema, holds: 'one' }
const alsoSchema: Keyword = { ...oneSchema, sameValue: true }
const itemSchemas: Keyword = {
  wants: 'a list of schemas, and not an empty one',
  fits: isFullList(isSchema),
  holds: 'list',
}
const schemas: Keyword = { ...itemSchemas, sameValue: true }
const memberSchemas: Keyword = {
  wants: 'an object of schemas',
  fits: hasMembersOf(isSchema),
  holds: 'members',
}
const text: Keyword = { wants: 'text', fits: isText }
const number: Keyword = { wants: 'a number', fits: isNumber }
const count: Keyword = { wants: 'a whole number of 0 or more', fits: isCount }
const yesOrNo: Keyword = { wants: 'true or false', fits: (value) => typeof value === 'boolean' }
const names: Keyword = { wants: 'a list of different names', fits: isNames }
const anything: Keyword = { wants: 'anything', fits: () => true }

/** JSON Schema, Core and Validation, drafts 06 to 2020-12. A keyword that is not here says nothing of a value. */
export const keywords: ReadonlyMap<string, Keyword> = new Map(
  Object.entries<Keyword>({
    $schema: text,
    $id: text,
    $ref: text,
    $comment: text,
    $defs: memberSchemas,
    definitions: memberSchemas,
    title: text,
    description: text,
    examples: { wants: 'a list', fits: Array.isArray },
    deprecated: yesOrNo,
    readOnly: yesOrNo,
    writeOnly: yesOrNo,
    type: {
      wants: `one of ${typeNames.join(', ')}, or a list of different ones`,
      fits: (value) => isTypeName(value) || (isFullList(isTypeName)(value) && isNames(value)),
    },
    enum: { wants: 'a list of values', fits: Array.isArray },
    const: anything,
    multipleOf: {
      wants: 'a number above 0',
      fits: (value) => typeof value === 'number' && value > 0,
    },
    maximum: number,
    exclusiveMaximum: number,
    minimum: number,
    exclusiveMinimum: number,
    maxLength: count,
    minLength: count,
    pattern: text,
    format: text,
    items: {
      wants: 'a schema, or a list of schemas',
      fits: (value) => isSchema(value) || isListOf(isSchema)(value),
      holds: 'one or list',
    },
    prefixItems: itemSchemas,
    additionalItems: oneSchema,
    contains: oneSchema,
    maxContains: count,
    minContains: count,
    maxItems: count,
    minItems: count,
    uniqueItems: yesOrNo,
    properties: memberSchemas,
    patternProperties: memberSchemas,
    additionalProperties: oneSchema,
    propertyNames: oneSchema,
    maxProperties: count,
    minProperties: count,
    required: names,
    dependentRequired: { wants: 'an object of lists of names', fits: hasMembersOf(isNames) },
    dependentSchemas: { ...memberSchemas, sameValue: true },
    dependencies: {
      wants: 'an object of schemas and lists of names',
      fits: hasMembersOf((value) => isSchema(value) || isNames(value)),
      holds: 'members or names',
      sameValue: true,
    },
    allOf: schemas,
    anyOf: schemas,
    oneOf: schemas,
    not: alsoSchema,
    if: alsoSchema,
    // biome-ignore lint/suspicious/noThenProperty: it is the keyword's name, and nobody awaits the table.
    then: alsoSchema,
    else: alsoSchema,
    unevaluatedItems: oneSchema,
    unevaluatedProperties: oneSchema,
    contentSchema: oneSchema,
    $anchor: text,
    $dynamicAnchor: text,
    $dynamicRef: text,
    $recursiveAnchor: yesOrNo,
    $recursiveRef: text,
  }),
)

/** A schema within another, as it stands right below it. */
export interface Held {
  readonly schema: Schema
  readonly keyword: string
  /** Which of those that the keyword holds. */
  readonly member?: string | number
}

/** All schemas right below one that is of the right shape. Texts in `enum`, `const` and `default` are none. */
export function* heldBy(schema: JsonObject): Generator<Held> {
  for (const [keyword, value] of Object.entries(schema)) {
    const { holds } = keywords.get(keyword) ?? {}
    if (holds === undefined) continue
    if (Array.isArray(value)) {
      for (const [member, one] of value.entries()) yield { schema: one as Schema, keyword, member }
    } else if (holds === 'one' || holds === 'one or list') {
      yield { schema: value as Schema, keyword }
    } else {
      for (const [member, one] of Object.entries(value as JsonObject)) {
        if (!Array.isArray(one)) yield { schema: one as Schema, keyword, member }
      }
    }
  }
}
