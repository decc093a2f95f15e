// A program that ends without having disconnected.
import { done, made, named } from '../../../src/library/backend-suite/harness.ts'
import { SQLiteBackend } from '../../../src/library/sqlite-backend.ts'

const backend = new SQLiteBackend({ filename: ':memory:' })
done(await backend.connect())
await made(backend, named('Ada'))
