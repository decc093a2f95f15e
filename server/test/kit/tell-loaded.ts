// For `node --import`, in the program and its threads: prints each module of the packages that a test looks for.
import { registerHooks } from 'node:module'
import { sayAtOnce } from './say-at-once.ts'

registerHooks({
  load(url, context, next) {
    if (/\/typebox\/|\/kinds\/shared\/schema\/checking\.ts$/.test(url)) sayAtOnce(`loaded ${url}`)
    return next(url, context)
  },
})
