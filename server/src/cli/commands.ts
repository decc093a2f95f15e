import type { Command } from './command.ts'
import { config } from './config.ts'
import { helpOn } from './help.ts'
import { passwd } from './passwd.ts'
import { serve } from './serve.ts'
import { tagHistory } from './tag-history.ts'
import { tagRestore } from './tag-restore.ts'
import { version } from './version.ts'

const named: readonly Command[] = [serve, passwd, config, tagHistory, tagRestore, version]

/** In the order of the help. */
export const commands: readonly Command[] = [...named, helpOn(named)]
