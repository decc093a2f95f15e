import { globSync } from 'node:fs'

/** A part of `npm test`: a program that checks the whole tree, or the test files that it takes. */
export type Part =
  | { readonly name: string; readonly program: string; readonly args: readonly string[] }
  | TestPart

export interface TestPart {
  readonly name: string
  readonly takes: RegExp
  /** A part that is not done after them hangs and is ended. */
  readonly minutes: number
  /** Its tests ask nothing of the disk that files in memory would not answer as well. */
  readonly inMemory?: boolean
  /**
   * Its files share a process, many to each: what starts for each file anew is most of what a small one takes. None of them
   * may change anything of the process for good, or have hooks beside its suites.
   */
  readonly together?: boolean
}

/** In the order in which they run: what fails fastest first. */
export const parts: readonly Part[] = [
  { name: 'types', program: 'tsc', args: ['-p', 'tsconfig.json'] },
  { name: 'lint', program: 'biome', args: ['check', '--error-on-warnings', '.'] },
  { name: 'architecture', takes: /^server\/test\/architecture\//, minutes: 5 },
  { name: 'unit', takes: /./, minutes: 15, inMemory: true, together: true },
  {
    name: 'contract',
    takes: /^server\/test\/contract\/|[/.-]contract\.test\.ts$/,
    minutes: 5,
    inMemory: true,
    together: true,
  },
  { name: 'mutants', takes: /[/.-]mutants\.test\.ts$/, minutes: 10, inMemory: true },
  { name: 'fuzz', takes: /^server\/test\/fuzz\/|[.-]fuzz\.test\.ts$/, minutes: 15 },
  { name: 'model', takes: /^server\/test\/model\/|[.-]model\.test\.ts$/, minutes: 15 },
  {
    name: 'end-to-end',
    takes:
      /^server\/test\/(end-to-end|cli|protocols|crash|durability|soak)\/|^bench\/(?:library\/library|smoke)\.test\.ts$/,
    minutes: 30,
  },
  {
    name: 'engines',
    takes:
      /^server\/test\/engines\/|^bench\/(?:engines\/engines|search\/search|search\/relevance\/engines)\.test\.ts$/,
    minutes: 40,
  },
  { name: 'conformance', takes: /^conformance\//, minutes: 20 },
]

/** A file belongs to the first part that takes it in this order: by place before by name, and unit is the rest. */
const claims = [
  'architecture',
  'conformance',
  'engines',
  'end-to-end',
  'contract',
  'mutants',
  'fuzz',
  'model',
  'unit',
]

const places = [
  '{server,client,pcl,web,bench}/**/*.test.ts',
  'conformance/**/*.test.ts',
  'scripts/**/*.test.ts',
]

/** A part and the files of it that were asked for. */
export interface Choice {
  readonly part: Part
  readonly files: readonly string[]
}

export function partOf(file: string): string | undefined {
  return claims.find((name) => {
    const part = parts.find((each) => each.name === name)
    return part && 'takes' in part && part.takes.test(file)
  })
}

/**
 * What to run for words that are names of parts, or files, folders and beginnings of paths; for none, everything.
 * Throws on a word that names nothing: a misspelt selection must not pass for a green run.
 */
export function choose(words: readonly string[], files: readonly string[]): Choice[] {
  const names = words.filter((word) => parts.some(({ name }) => name === word))
  const paths = words.filter((word) => !names.includes(word)).map((word) => word.replace(/^\.\//, ''))
  const unknown = paths.filter((path) => !files.some((file) => file.startsWith(path)))
  if (unknown.length > 0) throw new Error(`no part and no test file is called ${unknown.join(', ')}`)
  return parts.flatMap((part) => {
    const own = files.filter((file) => partOf(file) === part.name)
    if (words.length === 0 || names.includes(part.name)) return [{ part, files: own }]
    const some = own.filter((file) => paths.some((path) => file.startsWith(path)))
    return some.length > 0 ? [{ part, files: some }] : []
  })
}

/** Every test file of the checkout, relative to its root. */
export function testFiles(root: string): string[] {
  const found = globSync(places, { cwd: root, exclude: ['**/node_modules/**', '**/dist/**'] })
  return found.map((path) => path.replaceAll('\\', '/')).sort()
}

/** Files dealt out to so many processes. They are in the order of their names, so neighbours, which are alike, are parted. */
export function dealt(files: readonly string[], processes: number): readonly (readonly string[])[] {
  const hands = Math.min(processes, files.length)
  return Array.from({ length: hands }, (_, hand) => files.filter((_file, at) => at % hands === hand))
}
