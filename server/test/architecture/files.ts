import { zoneOf } from './imports.ts'
import { folderBelow, standsAtAny } from './paths.ts'
import type { Rules } from './rules.ts'
import type { FileFacts } from './scan.ts'
import type { Tree } from './tree.ts'
import type { Findings, Violation } from './violation.ts'

/** What holds of each file by itself: its place, its name, its length, and what it touches. */
export function checkFiles(tree: Tree, facts: ReadonlyMap<string, FileFacts>, rules: Rules): Findings {
  const violations: Violation[] = []
  const warnings: Violation[] = []
  for (const [where, source] of tree) {
    const file = facts.get(where)
    const reasons = [
      ...placeReasons(where, rules),
      ...nameReasons(where, rules),
      ...touchReasons(where, file, rules),
    ]
    violations.push(...reasons.map((why) => ({ where, why })))
    const lines = source.split('\n').length - (source.endsWith('\n') ? 1 : 0)
    const { warn, most } = rules.lines
    if (lines > most)
      violations.push({ where, why: `${lines} lines: over ${most} there are two files in it` })
    else if (lines > warn) warnings.push({ where, why: `${lines} lines: look for the second thing in it` })
  }
  return { violations, warnings }
}

function placeReasons(path: string, rules: Rules): string[] {
  if (!zoneOf(path, rules)) return ['stands in no zone: add its folder to `zones` of rules.ts']
  const folder = folderBelow(path, 'core/')?.slice('core/'.length)
  if (folder === undefined || rules.coreOrder.flat().includes(folder)) return []
  return [`core/${folder} has no place in the order: add it to a row of \`coreOrder\` of rules.ts`]
}

function nameReasons(path: string, rules: Rules): string[] {
  const reasons: string[] = []
  const segments = path.split('/').map((segment) => segment.replace(/(\.test)?\.[a-z]+$/, ''))
  for (const name of segments) {
    if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) reasons.push(`${name} is not kebab-case`)
    const word = name.split('-').find((part) => rules.emptyNames.includes(part))
    if (word && !rules.givenNames.includes(path))
      reasons.push(`${word} says nothing: name it after what it holds`)
  }
  if (segments.at(-1) === 'index' && !rules.entries.includes(path)) {
    reasons.push("a barrel: only a package's entry is called index")
  }
  if (!path.endsWith('.ts')) reasons.push('source files end in .ts')
  return reasons
}

function touchReasons(path: string, file: FileFacts | undefined, rules: Rules): string[] {
  if (!file) return []
  const reasons = file.unclear.map(
    ({ line, why }) => `line ${line} ${why}, so that no rule can be held against it`,
  )
  const reads =
    file.environment.length > 0 || file.imports.some(({ specifier }) => /^(node:)?process$/.test(specifier))
  if (reads && !standsAtAny(path, rules.environment)) {
    reasons.push(
      `${at(file.environment)}reads the environment, which only ${rules.environment.join(', ')} may`,
    )
  }
  if (file.commits.length > 0 && !standsAtAny(path, rules.committers)) {
    reasons.push(`${at(file.commits)}calls commit, which only ${rules.committers.join(', ')} may`)
  }
  for (const { table, line } of file.rowChanges) {
    const only = Object.hasOwn(rules.changedIn, table) ? rules.changedIn[table] : undefined
    if (only !== undefined && path !== only)
      reasons.push(`line ${line} changes a row of ${table}, which only ${only} may: it counts the changes`)
  }
  return reasons
}

function at(lines: readonly number[]): string {
  return lines.length > 0 ? `line ${lines.join(', ')} ` : ''
}
