import type { OneTimeLink, Operator } from '../boot/operator.ts'
import { exitCodes, type Invocation } from './command.ts'
import { withOperator } from './operate.ts'

export interface LinkWords {
  /** What stands before the link, without a colon. */
  readonly says: string
  /** The member of the JSON that has it. */
  readonly member: string
}

/** Has a link made, beside a running server or without one, and prints it. Answers the exit code. @throws Failure */
export async function printLink(
  invocation: Invocation,
  make: (operator: Operator) => Promise<OneTimeLink>,
  { says, member }: LinkWords,
): Promise<number> {
  const { world, switches } = invocation
  const { link, running } = await withOperator(invocation, async (operator, isRunning) => ({
    link: await make(operator),
    running: isRunning,
  }))
  const until = new Date(link.expiresAt).toISOString()
  if (switches.has('json')) world.out(JSON.stringify({ [member]: link.url, until }))
  else {
    world.out(`${says}: ${link.url}`)
    world.out(`It is good once, until ${until}${running ? '' : ', as soon as the server runs'}.`)
    if (link.url.startsWith('/')) world.out('Put it behind the address that the server says it listens on.')
  }
  return exitCodes.done
}
