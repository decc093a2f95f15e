import { measureCreate } from './operations/create.ts'
import { factsOf } from './operations/facts.ts'
import { measureImport } from './operations/import.ts'
import { measureList } from './operations/list.ts'
import { measureLive } from './operations/live.ts'
import { look } from './operations/look.ts'
import { measureRead } from './operations/read.ts'
import type { Task } from './task.ts'

/** One measurement in a process of its own. Its one argument is a `Task`; what it prints is what was measured. */
async function run(task: Task): Promise<object> {
  switch (task.do) {
    case 'read':
      return await measureRead(task)
    case 'list':
      return await measureList(task)
    case 'create':
      return await measureCreate(task)
    case 'import':
      return await measureImport(task)
    case 'live':
      return await measureLive(task)
    case 'look':
      return await look(task)
    case 'facts':
      return factsOf(task)
  }
}

console.log(JSON.stringify(await run(JSON.parse(process.argv[2] ?? '') as Task)))
