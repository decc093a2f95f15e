import { fillDatabase } from './filling/fill-database.ts'
import { fillFts5 } from './filling/fill-fts5.ts'
import { fillIndex } from './filling/fill-index.ts'
import { fillRecords } from './filling/fill-records.ts'
import { measureCommonest } from './operations/commonest.ts'
import { measureComplete } from './operations/complete.ts'
import { look } from './operations/look.ts'
import { measureMixed } from './operations/mixed.ts'
import { measurePeer } from './operations/peer.ts'
import { measurePlain } from './operations/plain.ts'
import { measurePublish } from './operations/publish.ts'
import { measureReindex } from './operations/reindex.ts'
import type { Task } from './task.ts'

/** One measurement in a process of its own. Its one argument is a `Task`; what it prints is what was measured. */
async function run(task: Task): Promise<object> {
  switch (task.do) {
    case 'fill-records':
      return await fillRecords(task)
    case 'fill-database':
      return await fillDatabase(task)
    case 'fill-index':
      return await fillIndex(task)
    case 'fill-fts5':
      return await fillFts5(task)
    case 'look':
      return await look(task)
    case 'mixed':
      return await measureMixed(task)
    case 'commonest':
      return await measureCommonest(task)
    case 'complete':
      return await measureComplete(task)
    case 'plain':
      return await measurePlain(task)
    case 'peer':
      return await measurePeer(task)
    case 'reindex':
      return await measureReindex(task)
    case 'publish':
      return await measurePublish(task)
  }
}

console.log(JSON.stringify(await run(JSON.parse(process.argv[2] ?? '') as Task)))
