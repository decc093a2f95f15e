import { isBuiltin } from 'node:module'
import { posix } from 'node:path'
import { folderBelow, standsAt, standsAtAny } from './paths.ts'
import type { Rules, Zone } from './rules.ts'
import type { ImportFact, ImportForm } from './scan.ts'
import type { Tree } from './tree.ts'
import type { Violation } from './violation.ts'

/** One file's import, resolved: of a file of the tree, or of a module by name. */
export interface Edge {
  readonly from: string
  readonly to: string
  readonly form: ImportForm
  readonly kind: 'file' | 'module'
}

export function edgesOf(from: string, imports: readonly ImportFact[]): Edge[] {
  return imports.map(({ specifier, form }) =>
    specifier.startsWith('.')
      ? { from, to: posix.join(posix.dirname(from), specifier), form, kind: 'file' }
      : { from, to: specifier, form, kind: 'module' },
  )
}

export function checkImports(tree: Tree, edges: readonly Edge[], rules: Rules): Violation[] {
  return edges.flatMap((edge) => {
    const reasons = edge.kind === 'module' ? moduleReasons(edge, rules) : fileReasons(tree, edge, rules)
    return reasons.map((why) => ({ where: `${edge.from} -> ${edge.to}`, why }))
  })
}

function moduleReasons({ from, to }: Edge, rules: Rules): string[] {
  if (isBuiltin(to)) {
    if (!to.startsWith('node:')) return [`a built-in module is written node:${to}`]
    const allowed = rules.builtins[to.slice('node:'.length).split('/')[0] ?? '']
    if (!allowed || standsAtAny(from, allowed)) return []
    return [`only ${allowed.join(', ')} may import ${to}`]
  }
  const name = to.split('/', to.startsWith('@') ? 2 : 1).join('/')
  const allowed = rules.packages[name]
  if (!allowed)
    return [`the package ${name} is on no list: add it to \`packages\` of rules.ts with its folder`]
  return standsAtAny(from, allowed) ? [] : [`only ${allowed.join(', ')} may import the package ${name}`]
}

function fileReasons(tree: Tree, edge: Edge, rules: Rules): string[] {
  const { from, to } = edge
  if (!tree.has(to)) return ['there is no such file']
  const [zone, target] = [zoneOf(from, rules), zoneOf(to, rules)]
  if (!zone || !target) return []
  if (zone !== target && !zone.imports.includes(target.name)) {
    return [`${zone.name} may import ${list(zone.imports)}, and not ${target.name}`]
  }
  return [
    ...siblingReasons(edge, zone, target),
    ...coreReasons(edge, rules),
    ...portReasons(edge, rules),
    ...demandReasons(edge, rules),
  ]
}

export function zoneOf(path: string, rules: Rules): Zone | undefined {
  return rules.zones.find((zone) => standsAtAny(path, zone.paths))
}

function siblingReasons({ from, to }: Edge, zone: Zone, target: Zone): string[] {
  if (zone !== target) return []
  return (zone.siblings ?? []).flatMap((parent) => {
    const [mine, other] = [folderBelow(from, parent), folderBelow(to, parent)]
    if (!mine || !other || mine === other || other.endsWith('/shared')) return []
    return [`${mine} and ${other} are siblings, which meet only in a folder called shared`]
  })
}

function coreReasons({ from, to }: Edge, rules: Rules): string[] {
  const [mine, other] = [folderBelow(from, 'core/'), folderBelow(to, 'core/')].map((path) => path?.slice(5))
  if (!mine || !other || mine === other) return []
  const rank = (name: string): number => rules.coreOrder.findIndex((row) => row.includes(name))
  // A folder on no row is reported once, as a file.
  if (rank(mine) < 0 || rank(other) < 0 || rank(other) < rank(mine)) return []
  const row = rules.coreOrder.slice(0, rank(mine)).flat()
  return [`core/${mine} may import core's ${list(row)}, and not ${other}`]
}

function portReasons({ from, to }: Edge, rules: Rules): string[] {
  const [mine, other] = [folderBelow(from, 'ports/'), folderBelow(to, 'ports/')].map((path) => path?.slice(6))
  if (!mine || !other || mine === other || rules.portImports[mine]?.includes(other)) return []
  return [
    `the port ${mine} may import ${list(rules.portImports[mine] ?? [])} of the other ports, and not ${other}`,
  ]
}

function demandReasons({ from, to, form }: Edge, rules: Rules): string[] {
  const place = rules.loadedOnDemand.find((pattern) => standsAt(to, pattern))
  if (!place || standsAt(from, 'adapters/') || form !== 'static') return []
  // What engines share loads none of them.
  if (standsAt(to, `${place}shared/`) || standsAtAny(from, rules.loadedAtOnce)) return []
  return [`engines below ${place} are loaded on demand: import('…'), or import type for a type`]
}

function list(names: readonly string[]): string {
  return names.length === 0 ? 'nothing' : names.join(', ')
}
