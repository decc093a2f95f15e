import { fillDatabase } from './filling/fill-database.ts'
import { measureBytes } from './operations/bytes.ts'
import { measureCached } from './operations/cached.ts'
import { measureCreate } from './operations/create.ts'
import { measureList } from './operations/list.ts'
import { look } from './operations/look.ts'
import { measureMixed } from './operations/mixed.ts'
import { measureRead } from './operations/read.ts'
import { measureZipf } from './operations/zipf.ts'
import type { Task } from './task.ts'

/** One measurement in a process of its own. Its one argument is a `Task`; what it prints is what was measured. */
async function run(task: Task): Promise<object> {
  switch (task.do) {
    case 'fill':
      return await fillDatabase(task)
    case 'read':
      return await measureRead(task)
    case 'list':
      return await measureList(task)
    case 'create':
      return await measureCreate(task)
    case 'look':
      return await look(task)
    case 'cached':
      return await measureCached(task)
    case 'zipf':
      return await measureZipf(task)
    case 'push':
    case 'pull':
      return await measureBytes(task)
    case 'mixed':
      return await measureMixed(task)
  }
}

console.log(JSON.stringify(await run(JSON.parse(process.argv[2] ?? '') as Task)))
