import { describe, test } from 'node:test'
import { conflictCases } from './conflict-cases.ts'
import { netCases } from './net-cases.ts'
import { runCase } from './overlay-case.ts'
import { pageCases } from './page-cases.ts'

describe('a transaction', () => {
  for (const each of [...netCases, ...conflictCases, ...pageCases]) test(each.name, () => runCase(each))
})
