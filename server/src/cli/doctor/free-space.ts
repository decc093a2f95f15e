import { statfs } from 'node:fs/promises'
import { mebibytes } from '../shown-size.ts'
import { type Check, type Finding, ok, problem, warning } from './check.ts'

/** A push that is under way may need several times what has to stay free. */
const comfortable = 8
const fewInodes = 0.02

/** As statfs(2) tells. */
export interface Space {
  readonly bsize: number
  readonly bavail: number
  readonly files: number
  readonly ffree: number
}

export function freeSpaceCheck(
  spaceOf: (folder: string) => Promise<Space> = (folder) => statfs(folder),
): Check {
  return {
    name: 'free space',
    async run({ config: { data, limits }, hasRecords }) {
      if (!hasRecords) return []
      const space = await spaceOf(data)
      return [bytes(space.bavail * space.bsize, limits.minFreeBytes), ...inodes(space)]
    },
  }
}

const mend = 'free some (`lading gc` removes what nothing names), or give the registry a larger disk'

function bytes(free: number, least: number): Finding {
  if (free < least) {
    return problem(
      `${mebibytes(free)} are free and limits.minFreeBytes wants ${mebibytes(least)}: pushes are refused`,
      mend,
    )
  }
  if (free < least * comfortable) return warning(`only ${mebibytes(free)} are free`, mend)
  return ok(`${mebibytes(free)} are free`)
}

/** Some file systems make them as they are needed, and tell of none. */
function inodes({ files, ffree }: Space): Finding[] {
  if (files === 0 || ffree / files >= fewInodes) return []
  const left = `${ffree} of ${files} inodes are free`
  return [ffree === 0 ? problem(`${left}: no file can be made`, mend) : warning(`only ${left}`, mend)]
}
