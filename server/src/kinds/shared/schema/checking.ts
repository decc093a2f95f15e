/** All that documents are declared and checked by. Nobody imports this but by `loadChecking`: only who needs it pays. */
export { Type } from 'typebox'
export { problemsAsSchema } from './any-schema.ts'
export { compileSchema, longestCheck } from './compile-schema.ts'
export { schemaProblems, whyTooMuch } from './schema-problems.ts'
