import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
// What has lived long in other tests of the process would be made among the old objects from the beginning, for good reason
// there: nothing that `work` has left.
setFlagsFromString('--no-allocation-site-pretenuring')
const collect = runInNewContext('gc') as (options?: { readonly type: 'minor' }) => void
const quickCollections = 40

/**
 * The bytes, by time, that `work` has left among the old objects, where no quick collection takes them any more. What is
 * kept on purpose counts as well.
 */
export function leftAmongOld(times: number, work: (at: number) => void): number {
  for (let at = 0; at < times / 2; at++) work(at)
  collect()
  const before = oldBytes()
  for (let at = 0; at < times; at++) {
    work(at)
    if (at % Math.ceil(times / quickCollections) === 0) collect({ type: 'minor' })
  }
  collect({ type: 'minor' })
  collect({ type: 'minor' })
  return (oldBytes() - before) / times
}

function oldBytes(): number {
  const old = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'old_space')
  if (old === undefined) throw new Error('V8 does not tell of its old space')
  return old.space_used_size
}
