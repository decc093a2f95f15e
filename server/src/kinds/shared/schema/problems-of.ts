import type { TValidationError } from 'typebox/error'
import type { Problem } from '../../kind.ts'
import { cutPointer } from '../place.ts'
import { foldForms } from './fold-forms.ts'
import type { Looked } from './looked.ts'
import { sentencesOf } from './sentences.ts'

/** TypeBox's errors in our words, each thing once: it tells of parts, and then of the whole that they are parts of. */
export function* problemsOf(errors: readonly TValidationError[], looked: Looked): Generator<Problem> {
  const told = new Set<string>()
  for (const error of foldForms(errors, looked)) {
    for (const { path, reason } of sentencesOf(error, looked)) {
      const problem = { path: cutPointer(path), reason }
      const key = `${problem.path} ${reason}`
      if (!told.has(key)) yield problem
      told.add(key)
    }
  }
  if (told.size === 0) yield { path: '', reason: 'it is not as its schema wants it' }
}
