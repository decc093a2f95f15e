/** All that is used of TypeBox. Nobody imports this but by `loadTypeBox`: what it costs, only who checks a document pays. */
export { Type } from 'typebox'
export { Compile, Errors, Meta } from 'typebox/schema'
export { Settings } from 'typebox/system'
