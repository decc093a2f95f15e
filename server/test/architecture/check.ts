import { checkCycles } from './cycles.ts'
import { checkFiles } from './files.ts'
import { checkImports, type Edge, edgesOf } from './imports.ts'
import type { Rules } from './rules.ts'
import { type FileFacts, scan } from './scan.ts'
import type { Tree } from './tree.ts'
import type { Findings } from './violation.ts'

/** Holds a tree against the rules. Pure: the tree is text in memory. */
export function check(tree: Tree, rules: Rules): Findings {
  const facts = new Map<string, FileFacts>()
  for (const [path, source] of tree) facts.set(path, scan(source))
  const edges: Edge[] = [...facts].flatMap(([path, file]) => edgesOf(path, file.imports))
  const files = checkFiles(tree, facts, rules)
  return {
    violations: [...checkImports(tree, edges, rules), ...checkCycles(tree, edges), ...files.violations],
    warnings: files.warnings,
  }
}
