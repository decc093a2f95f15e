import { after, describe, test } from 'node:test'
import { journalContract } from '../../../../src/ports/journal/suite.ts'
import { overMemory, overOneSqlite } from './harnesses.ts'

describe('the journal over the memory store', () => {
  for (const { name, run } of journalContract(overMemory)) test(name, run)
})

describe('the journal over SQLite', async () => {
  const harness = await overOneSqlite()
  after(() => harness[Symbol.asyncDispose]())
  for (const { name, run } of journalContract(harness)) test(name, run)
})
