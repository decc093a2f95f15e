// For `node --import`, in the program and its threads: prints each module of the packages that a test looks for.
import { writeSync } from 'node:fs'
import { registerHooks } from 'node:module'

registerHooks({
  load(url, context, next) {
    if (/\/typebox\/|\/kinds\/shared\/schema\/checking\.ts$/.test(url)) writeSync(1, `loaded ${url}\n`)
    return next(url, context)
  },
})
