import { enableCompileCache } from 'node:module'

// Before anything else is imported: each process would strip the types of hundreds of files again.
enableCompileCache()
await import('./program.ts')
