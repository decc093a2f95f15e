import { measureArgon2 } from './operations/argon2.ts'
import { measureCreate } from './operations/create.ts'
import { measureDecide } from './operations/decide.ts'
import { fillAudit } from './operations/fill-audit.ts'
import { fillPeople } from './operations/fill-people.ts'
import { fillRights } from './operations/fill-rights.ts'
import { measureLogin } from './operations/login.ts'
import { makeAccount } from './operations/make-account.ts'
import { measureVerify } from './operations/verify.ts'
import type { Task } from './task.ts'

/** One measurement in a process of its own. Its one argument is a `Task`; what it prints is what was measured. */
async function run(task: Task): Promise<object> {
  switch (task.do) {
    case 'create':
      return await measureCreate(task)
    case 'fill':
      return await fillAudit(task)
    case 'verify':
      return await measureVerify(task)
    case 'fill-rights':
      return await fillRights(task)
    case 'decide':
      return await measureDecide(task)
    case 'make-account':
      return await makeAccount(task)
    case 'fill-people':
      return await fillPeople(task)
    case 'login':
      return await measureLogin(task)
    case 'argon2':
      return await measureArgon2(task)
  }
}

console.log(JSON.stringify(await run(JSON.parse(process.argv[2] ?? '') as Task)))
