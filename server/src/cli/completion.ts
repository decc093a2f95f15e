import { type Command, exitCodes } from './command.ts'
import { bashCompletion } from './completion/bash.ts'
import { fishCompletion } from './completion/fish.ts'
import { type CommandWords, wordsOf } from './completion/words.ts'
import { zshCompletion } from './completion/zsh.ts'
import { usageFailure } from './failure.ts'

const shells: Readonly<Record<string, (commands: readonly CommandWords[]) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
}

/** The command that tells a shell of all. Asks for them when it runs: it is one of them. */
export function completionOf(all: () => readonly Command[]): Command {
  return {
    name: 'completion',
    summary: 'Prints what a shell needs to complete commands and flags',
    takes: ['<shell>'],
    completes: Object.keys(shells),
    about: [
      'For bash, zsh and fish. Put `source <(lading completion bash)` into ~/.bashrc, or with zsh into ~/.zshrc after compinit; for fish, write the output to ~/.config/fish/completions/lading.fish.',
    ],
    flags: {},
    examples: ['lading completion bash', 'lading completion zsh', 'lading completion fish | source'],
    async run({ arguments: [shell = ''], world }) {
      const write = Object.hasOwn(shells, shell) ? shells[shell] : undefined
      if (write === undefined) throw usageFailure(`wants one of: ${Object.keys(shells).join(', ')}`)
      world.out(write(wordsOf(all())).trimEnd())
      return exitCodes.done
    },
  }
}
