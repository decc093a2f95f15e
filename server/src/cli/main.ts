import { endUnheard, processWorld } from './process-world.ts'
import { run } from './run.ts'

const code = await run(process.argv.slice(2), processWorld())
// What is still in the pipe goes out first; a handle that some part left open must not keep the process.
process.stdout.write('', (error) => (error ? endUnheard(error) : process.exit(code)))
