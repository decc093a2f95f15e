import { chart } from './chart/kind.ts'
import { enumKind } from './enum/kind.ts'
import { file } from './file/kind.ts'
import { functionKind } from './function/kind.ts'
import { image } from './image/kind.ts'
import { interfaceKind } from './interface/kind.ts'
import type { Kind } from './kind.ts'
import { moduleKind } from './module/kind.ts'
import { persona } from './persona/kind.ts'
import { skill } from './skill/kind.ts'
import { team } from './team/kind.ts'
import { type } from './type/kind.ts'
import { workflow } from './workflow/kind.ts'

/** What can be registered without anybody having set it up. */
export const builtInKinds: readonly Kind[] = [
  persona,
  team,
  workflow,
  skill,
  type,
  interfaceKind,
  enumKind,
  functionKind,
  moduleKind,
  image,
  chart,
  file,
]

/** By name, with those that the configuration adds. */
export function kindsByName(added: readonly Kind[] = []): ReadonlyMap<string, Kind> {
  return new Map([...builtInKinds, ...added].map((kind) => [kind.name, kind]))
}
